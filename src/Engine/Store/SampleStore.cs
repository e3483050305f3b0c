using Engine.Items;
using Engine.Options;

namespace Engine.Store;

/// <summary>
/// Accepted samples in tar shards, and the ledger that says which bytes of them count. One process writes; reading is
/// safe from any thread at any time.
/// </summary>
/// <remarks>
/// <para>A sample is accepted when, and only when, its row is in the ledger, and its row goes in after its bytes are on
/// the disk. So whatever ends the process, all that an append returned is there afterwards, once, and nothing else
/// is visible. docs/spec/store.md has the format and the order of writes.</para>
/// <para>The writing methods take turns and block the thread that has the turn for the disk's time.</para>
/// </remarks>
public sealed partial class SampleStore : IAsyncDisposable
{
    // One writer at a time: guards the shard writer, the ledger's connection and the fault.
    private readonly SemaphoreSlim _gate = new(1, 1);

    private readonly StoreOptions _options;
    private readonly TimeProvider _time;
    private readonly IFileLayer _files;
    private readonly WriterLock _lock;
    private readonly Ledger _ledger;
    private readonly LedgerReader _ledgerReader;
    private readonly StoredRows _rows;
    private readonly ShardWriter _writer;
    private readonly ShardReader _reader;
    private readonly StoreMetrics _metrics;

    // Set once, by the first write of unknown fate; written under the gate, read anywhere.
    private volatile Exception? _fault;
    private volatile bool _isClosed;

    private SampleStore(
        StoreOptions options, TimeProvider time, IFileLayer files, WriterLock held, Ledger ledger, OpenShard open)
    {
        (_options, _time, _files, _lock, _ledger) = (options, time, files, held, ledger);
        _writer = new ShardWriter(options.Directory, files, options.ShardBytesMax, open, ledger.AddShard);
        _reader = new ShardReader(options.Directory, files);
        _ledgerReader = new LedgerReader(options.Directory);
        _rows = new StoredRows(_ledgerReader);
        _lastSequence = ledger.LastSequence();
        _firstSequence = Math.Max(1, ledger.FirstSequence());
        StreamId = ledger.StreamId();
        _metrics = new StoreMetrics(
            () => _sealed.Count + 1,
            () => files.FreeBytes(options.Directory),
            () => IsPaused,
            () => _fault is not null);
    }

    /// <summary>The meter's name, for exporters.</summary>
    public static string MeterName => StoreMetrics.MeterName;

    /// <summary>Names this store's stream of sequences: 32 hex digits, drawn when the ledger was made.</summary>
    public string StreamId { get; }

    /// <summary>The first cause for which the store takes no more writes; null while it does.</summary>
    public Exception? Fault => _fault;

    /// <summary>Opens a store, making it where there is none, and recovers what a crash left.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="time">The clock for waiting and measuring.</param>
    /// <returns>The store, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The options are invalid; the message lists every problem.</exception>
    /// <exception cref="StoreException">
    /// The directory is open for writing elsewhere; the ledger is not one, or newer than this software; a shard is not
    /// in the ledger, missing, shorter than the ledger says or changed (<see cref="StoreDamagedException"/>).
    /// </exception>
    public static SampleStore Open(StoreOptions options, TimeProvider time) => Open(options, time, DiskFiles.Instance);

    /// <summary>Opens a store whose shards lie behind a file layer.</summary>
    internal static SampleStore Open(StoreOptions options, TimeProvider time, IFileLayer files)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        CheckedOptions.ThrowOnProblem(options.Retention, nameof(options));
        ArgumentNullException.ThrowIfNull(time);

        // Whole from here on: a store outlives a change of the process's folder.
        options = options with { Directory = Path.GetFullPath(options.Directory) };
        MakeDirectory(options.Directory, files);
        WriterLock held = WriterLock.Take(options.Directory);
        Ledger? ledger = null;
        OpenShard? open = null;
        SampleStore? store = null;
        try
        {
            ledger = Ledger.Open(options.Directory);
            open = Recovery.Run(options.Directory, ledger, files);
            files.FlushDirectory(options.Directory); // a new ledger's name must outlive a power loss
            store = new SampleStore(options, time, files, held, ledger, open);
            store.VerifyNewest();
            store.StartRetention(ledger.Shards());
            return store;
        }
        catch
        {
            if (store is not null)
            {
                store.Close();
                throw;
            }

            open?.Dispose();
            ledger?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the write in work, then closes the files and frees the directory.</summary>
    /// <returns>Done when the directory may be opened again.</returns>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isClosed)
            {
                Close();
            }
        }
        finally
        {
            _gate.Release(); // never disposed: a late caller must find the store closed, not a broken gate
        }

        Announce();
    }

    private static void MakeDirectory(string directory, IFileLayer files)
    {
        if (Directory.Exists(directory))
        {
            return; // with the mode that its owner gave it
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(
                directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        if (Path.GetDirectoryName(directory) is { } parent)
        {
            files.FlushDirectory(parent);
        }
    }

    private void VerifyNewest()
    {
        int wanted = (int)Math.Min(_options.VerifySamples, Math.Max(0, _lastSequence - FirstSequence + 1));
        IReadOnlyList<StoredSample> newest = wanted == 0 ? [] : List(_lastSequence - wanted, wanted);
        if (newest.Count != wanted)
        {
            throw new StoreException(
                $"The ledger in {_options.Directory} has gaps: it lists {newest.Count} of the newest {wanted}.");
        }

        foreach (StoredSample stored in newest)
        {
            _reader.Verify(stored);
        }
    }

    // The ledger goes last of the connections: closing the last one folds the WAL into the file.
    private void Close()
    {
        _isClosed = true;
        _ageTimer?.Dispose();
        _metrics.Dispose();
        _writer.Dispose();
        _ledgerReader.Dispose();
        _ledger.Dispose();
        _lock.Dispose();
    }
}
