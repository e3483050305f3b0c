using Engine.Disk;
using Engine.Items;
using Engine.Store;

namespace Engine.Export;

/// <summary>How every export writes: beside the name, flushed, renamed, and the folder flushed before it counts.
/// </summary>
internal static class ExportFiles
{
    private const int FlushSamples = 256;

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

    /// <summary>Adds what a store has beyond a log, in order of sequence.</summary>
    /// <param name="store">The store.</param>
    /// <param name="log">What was exported before; receives what is added.</param>
    /// <param name="add">Writes one sample and its line of the log.</param>
    /// <param name="folders">Where <paramref name="add"/> makes files: flushed before the log that counts on them, each
    /// 256 samples and at the end.</param>
    /// <param name="progress">Told the sequence that was written, as often; may be null.</param>
    /// <param name="stopping">Ends the run between two samples; what was written stays.</param>
    /// <returns>Samples added.</returns>
    public static long AddNew(
        StoreView store,
        ExportLog log,
        Action<StoredSample, Sample> add,
        IReadOnlyList<string> folders,
        Action<long>? progress,
        CancellationToken stopping)
    {
        (long last, long added) = (store.LastSequence(), 0);
        foreach (StoredSample stored in store.List(log.LastSequence, last))
        {
            stopping.ThrowIfCancellationRequested();
            if (Read(store, stored) is not { } sample)
            {
                continue;
            }

            add(stored, sample);
            if (++added % FlushSamples == 0)
            {
                Flush(log, folders);
                progress?.Invoke(stored.Sequence);
            }
        }

        Flush(log, folders);
        return added;
    }

    private static void Flush(ExportLog log, IReadOnlyList<string> folders)
    {
        foreach (string folder in folders)
        {
            Durable.FlushDirectory(folder);
        }

        log.Flush();
    }

    /// <summary>Reads a sample; null when retention deleted it since it was listed.</summary>
    private static Sample? Read(StoreView store, in StoredSample stored)
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
