namespace Engine.Runtimes.Folder;

/// <summary>Moves files that were taken out of the way, so that nobody takes them again.</summary>
/// <param name="root">The folder of categories.</param>
internal sealed class FolderMoves(string root)
{
    /// <summary>Where pictures go that were handed out.</summary>
    public const string Taken = ".taken";

    /// <summary>Where files go that could not be read.</summary>
    public const string Bad = ".bad";

    private readonly Lock _gate = new();

    /// <summary>Makes the two folders, so that a folder that may not be written fails at the start.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public void Prepare()
    {
        Directory.CreateDirectory(Path.Combine(root, Taken));
        Directory.CreateDirectory(Path.Combine(root, Bad));
    }

    /// <summary>Moves a file to one of the two, below its category.</summary>
    /// <param name="file">The file's path.</param>
    /// <param name="category">Its folder's name.</param>
    /// <param name="to"><see cref="Taken"/> or <see cref="Bad"/>.</param>
    /// <returns>Where it is now; null when it was not there any more.</returns>
    /// <exception cref="IOException">It cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be moved.</exception>
    /// <remarks>One rename(2), of which one caller alone succeeds, also among several daemons on one disk.</remarks>
    public string? Move(string file, string category, string to)
    {
        string folder = Path.Combine(root, to, category);
        lock (_gate)
        {
            Directory.CreateDirectory(folder);
            string target = FreeName(folder, Path.GetFileName(file));
            try
            {
                // To overwrite means a plain rename: without, .NET links and unlinks, and two callers could succeed.
                File.Move(file, target, overwrite: true);
                return target;
            }
            catch (FileNotFoundException)
            {
                return null;
            }
        }
    }

    /// <summary>The name, or with ~1, ~2 ... before its ending when a file of the name was taken before.</summary>
    private static string FreeName(string folder, string name)
    {
        string target = Path.Combine(folder, name);
        for (int i = 1; File.Exists(target); i++)
        {
            target = Path.Combine(
                folder, $"{Path.GetFileNameWithoutExtension(name)}~{i}{Path.GetExtension(name)}");
        }

        return target;
    }
}
