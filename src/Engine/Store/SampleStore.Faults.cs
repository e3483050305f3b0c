using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>What a failed write does to the store.</summary>
public sealed partial class SampleStore
{
    /// <summary>Runs a statement on the writer's connection, where a test needs the ledger itself to fail.</summary>
    internal void RunOnLedger(string sql) => _ledger.Run(sql);

    private void ThrowUnlessWritable()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        if (_fault is { } firstCause)
        {
            throw new StoreReadOnlyException(_options.Directory, firstCause);
        }
    }

    // Runs one step of a write, under the gate. A full disk undoes the write and the store goes on; what else the disk
    // or the ledger says makes the store read-only; a caller's mistake undoes the write.
    private T Guarded<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception full) when (DiskErrors.IsFull(full))
        {
            RollBack();
            _isFull = true;
            _metrics.Full();
            throw new StoreFullException(_options.Directory, full);
        }
        catch (Exception unknownFate)
            when (unknownFate is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw Broken(unknownFate);
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    private void RollBack()
    {
        try
        {
            _writer.RollBack();
        }
        catch (Exception unknownFate)
        {
            throw Broken(unknownFate);
        }
    }

    private StoreReadOnlyException Broken(Exception cause)
    {
        _fault ??= cause;
        return new StoreReadOnlyException(_options.Directory, _fault);
    }
}
