using Engine.Disk;
using Engine.Items;
using Engine.Store;

namespace Engine.Export;

/// <summary>How every export writes: beside the name, flushed, renamed, and the folder flushed before it counts.
/// </summary>
internal static class ExportFiles
{
    /// <summary>Writes a file beside its name, flushes it and renames it: a reader never sees half of it.</summary>
    public static void Replace(string path, Action<FileStream> write)
    {
        string part = path + ".part";
        using (FileStream file = new(part, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            write(file);
            Durable.Flush(file);
        }

        File.Move(part, path, overwrite: true);
    }

    /// <summary>Makes the names in a folder outlive a power loss.</summary>
    public static void FlushDirectory(string path) => Durable.FlushDirectory(path);

    /// <summary>Reads a sample; null when retention deleted it since it was listed.</summary>
    public static Sample? Read(StoreView store, in StoredSample stored)
    {
        try
        {
            return store.Read(stored);
        }
        catch (SampleDeletedException)
        {
            return null;
        }
    }
}
