namespace Engine.Runtimes.Library;

/// <summary>A folder and the folders below it.</summary>
internal sealed class FolderSource(string folder) : ILibrarySource
{
    private readonly string _root = Path.GetFullPath(folder);

    public IReadOnlyList<string> List(int picturesMax) =>
    [
        .. Directory.EnumerateFiles(_root, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Where(LibraryNames.IsPicture)
            .Take(picturesMax + 1)
            .Select(path => Path.GetRelativePath(_root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal),
    ];

    public byte[] Read(string path, long bytesMax)
    {
        FileInfo file = new(Path.Combine(_root, path));
        return file.Length <= bytesMax
            ? File.ReadAllBytes(file.FullName)
            : throw new IOException($"{path} has {file.Length} bytes; at most {bytesMax} are read");
    }

    public void Dispose()
    {
    }
}
