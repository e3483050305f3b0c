namespace Engine.Runtimes.Folder;

/// <summary>Lists the pictures of a folder of categories, once.</summary>
/// <remarks>A folder is listed again and again, since the system's notices of changes do not tell what another machine
/// writes to a network disk (inotify(7) says so), and are lost when their queue overflows.</remarks>
internal static class FolderLook
{
    private const int CategoriesMax = 100_000;

    // What begins with a dot is left out: .taken, .bad, and files that rsync and others still write.
    private static readonly EnumerationOptions Folders = new() { IgnoreInaccessible = true };

    private static readonly EnumerationOptions Files = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
    };

    /// <summary>Lists the files.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="freeMax">Files listed of a category's folder that are not taken.</param>
    /// <param name="isTaken">Whether a file was taken before.</param>
    /// <returns>The pictures, and whether each folder was listed to its end.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public static (List<FolderFile> Files, bool IsWhole) List(string root, int freeMax, Func<FolderFile, bool> isTaken)
    {
        List<FolderFile> files = [];
        bool isWhole = true;
        foreach (DirectoryInfo category in new DirectoryInfo(root).EnumerateDirectories("*", Folders)
            .Take(CategoriesMax))
        {
            int free = 0;
            foreach (FolderFile file in PicturesOf(category))
            {
                if (!isTaken(file) && ++free > freeMax)
                {
                    isWhole = false;
                    break;
                }

                files.Add(file);
            }
        }

        return (files, isWhole);
    }

    private static IEnumerable<FolderFile> PicturesOf(DirectoryInfo category)
    {
        using IEnumerator<FileInfo> files = category.EnumerateFiles("*", Files).GetEnumerator();
        while (Next(files) is { } file)
        {
            // A file may go while it is looked at.
            if (FolderFile.IsPicture(file) && FolderFile.Now(file.FullName) is { } picture)
            {
                yield return picture;
            }
        }
    }

    private static FileInfo? Next(IEnumerator<FileInfo> files)
    {
        try
        {
            return files.MoveNext() ? files.Current : null;
        }
        catch (DirectoryNotFoundException)
        {
            return null; // The category went while it was looked at.
        }
    }
}
