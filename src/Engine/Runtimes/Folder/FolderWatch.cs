namespace Engine.Runtimes.Folder;

/// <summary>Looks at a folder at an interval and fills a shelf with what may be taken.</summary>
internal sealed class FolderWatch : IDisposable
{
    private readonly FolderOptions _options;
    private readonly FolderShelf _shelf;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = NewSignal(); // Set at the end of a look. Guarded by _gate.
    private ITimer? _timer; // Set once, before the first call. Guarded by _gate.
    private bool _disposed; // Guarded by _gate.
    private volatile string? _problem;

    public FolderWatch(FolderOptions options, FolderShelf shelf, TimeProvider clock) =>
        (_options, _shelf, _clock) = (options, shelf, clock);

    /// <summary>Why the last look failed, or null.</summary>
    public string? Problem => _problem;

    /// <summary>Ends with the look under way, or else the next one.</summary>
    public Task NextLook
    {
        get
        {
            lock (_gate)
            {
                return _next.Task;
            }
        }
    }

    /// <summary>Looks twice, an interval apart, so that what is there can be taken; then goes on by itself.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read.</exception>
    public async Task StartAsync(CancellationToken stopping)
    {
        if (Look() > 0)
        {
            await Task.Delay(_options.PollInterval, _clock, stopping).ConfigureAwait(false);
            Look();
        }

        lock (_gate)
        {
            _timer = _clock.CreateTimer(
                _ => LookAgain(), state: null, _options.PollInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends the looks; one under way still ends by itself and changes nothing that matters.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    private int Look()
    {
        long look = _shelf.Begin();
        (List<FolderFile> files, bool isWhole) = FolderLook.List(_options.Folder, _options.FilesMax, _shelf.IsTaken);
        _shelf.End(look, files, isWhole);
        return files.Count;
    }

    /// <summary>One look of the timer. A disk that is away for a while must not end the daemon: prompts are told why
    /// they get nothing, and the next look may find it again.</summary>
    private void LookAgain()
    {
        try
        {
            Look();
            _problem = null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            _problem = cause.Message;
        }

        lock (_gate)
        {
            TaskCompletionSource ended = _next;
            _next = NewSignal();
            ended.SetResult();

            // Set anew each time, so that a look slower than the interval is not overtaken by the next one.
            if (!_disposed)
            {
                _timer?.Change(_options.PollInterval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
