namespace Engine.Runtimes.Library;

/// <summary>Where the pictures of a library lie.</summary>
internal interface ILibrarySource : IDisposable
{
    /// <summary>Paths of all pictures, with slashes, in ordinal order; at most one more than the bound asked
    /// for.</summary>
    IReadOnlyList<string> List(int picturesMax);

    /// <summary>Reads a file. Safe to call from several threads.</summary>
    /// <exception cref="IOException">The file cannot be read or is larger than the bound.</exception>
    byte[] Read(string path, long bytesMax);
}
