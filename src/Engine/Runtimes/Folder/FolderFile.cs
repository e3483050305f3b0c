namespace Engine.Runtimes.Folder;

/// <summary>A picture file as one look saw it; equal when neither path, size nor time differ.</summary>
/// <param name="Path">The whole path.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Written">When it was last written, by the disk's clock, UTC.</param>
internal readonly record struct FolderFile(string Path, long Bytes, DateTime Written)
{
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".webp"];

    /// <summary>The name alone.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The name of the folder it is in, as on the disk.</summary>
    public string Category => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path)!);

    /// <summary>The picture at a path as it is now, or null when it is not there.</summary>
    public static FolderFile? Now(string path)
    {
        FileInfo file = new(path);
        return file.Exists ? new FolderFile(path, file.Length, file.LastWriteTimeUtc) : null;
    }

    /// <summary>Whether a file is a picture by its ending, so that .tmp and .part are not.</summary>
    public static bool IsPicture(FileInfo file) =>
        Endings.Contains(file.Extension, StringComparer.OrdinalIgnoreCase);

    /// <summary>The name rule of categories and folders: case does not matter, a slash is an underscore.</summary>
    public static string Key(string category) => category.Replace('/', '_').ToLowerInvariant();
}
