namespace Engine.Pipeline.Deliver;

/// <summary>Saves cursors behind the acknowledgements: after so many, or so much time, and at the end.</summary>
/// <remarks>
/// The consumer's own checkpoint is the truth; this is its mirror. What a crash takes from it comes twice to a consumer
/// that relies on it, never not at all. A save that fails is counted, and its cursors are tried again.
/// </remarks>
internal sealed class CursorMirror : IAsyncDisposable
{
    private readonly ISampleLog _log;
    private readonly DeliverOptions _options;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _turn = new(1, 1); // One write at a time, so that an older one never lands last.
    private readonly Lock _gate = new();
    private Dictionary<(string Group, int Rank), RankCursor> _unsaved = []; // Guarded by _gate.
    private Task _saving = Task.CompletedTask; // The newest background save. Guarded by _gate.
    private int _notes; // Acknowledgements since the last save was started. Guarded by _gate.
    private bool _isArmed; // Guarded by _gate.
    private bool _isSaving; // Guarded by _gate.
    private bool _isWantedAgain; // A save was asked for while one was under way. Guarded by _gate.

    public CursorMirror(ISampleLog log, DeliverOptions options, TimeProvider clock)
    {
        (_log, _options) = (log, options);
        _timer = clock.CreateTimer(_ => TimeIsUp(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string? LastError { get; private set; }

    public void Note(RankCursor cursor)
    {
        bool isFull;
        lock (_gate)
        {
            NoteLocked(cursor);
            isFull = ++_notes >= _options.CursorAcksMax;
        }

        if (isFull)
        {
            StartSave();
        }
    }

    /// <summary>Takes a group's cursors in place of those it had, which may be of another world or order.</summary>
    public void Replace(string group, IEnumerable<RankCursor> cursors)
    {
        lock (_gate)
        {
            Drop(group);
            foreach (RankCursor cursor in cursors)
            {
                NoteLocked(cursor);
            }
        }
    }

    public async Task ForgetAsync(string group, CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                Drop(group);
            }

            await _log.ForgetGroupAsync(group, stopping).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends when the background save that is under way has ended, well or not.</summary>
    public Task SavedAsync()
    {
        lock (_gate)
        {
            return _saving;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await SavedAsync().ConfigureAwait(false);
        await SaveAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private void NoteLocked(RankCursor cursor)
    {
        _unsaved[(cursor.Group, cursor.Share.Rank)] = cursor;
        ArmLocked();
    }

    private void ArmLocked()
    {
        if (!_isArmed)
        {
            _isArmed = true;
            _timer.Change(_options.CursorInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Drop(string group)
    {
        foreach ((string Group, int Rank) key in _unsaved.Keys.Where(key => key.Group == group).ToArray())
        {
            _unsaved.Remove(key);
        }
    }

    private void TimeIsUp()
    {
        lock (_gate)
        {
            _isArmed = false;
        }

        StartSave();
    }

    private void StartSave()
    {
        lock (_gate)
        {
            _notes = 0;
            if (_isSaving)
            {
                _isWantedAgain = true;
            }
            else
            {
                _isSaving = true;
                _saving = Task.Run(SaveInBackgroundAsync);
            }
        }
    }

    private async Task SaveInBackgroundAsync()
    {
        try
        {
            do
            {
                await SaveAsync().ConfigureAwait(false);
            }
            while (IsWantedAgain());
        }
        catch (Exception)
        {
            // SaveAsync has counted it and kept the cursors; the timer, armed again, tries them once more.
        }
    }

    private bool IsWantedAgain()
    {
        lock (_gate)
        {
            _isSaving = _isWantedAgain;
            _isWantedAgain = false;
            return _isSaving;
        }
    }

    private async Task SaveAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        Dictionary<(string Group, int Rank), RankCursor> saving = Take();
        try
        {
            if (saving.Count > 0)
            {
                await _log.SaveCursorsAsync([.. saving.Values], CancellationToken.None).ConfigureAwait(false);
                LastError = null;
                DeliverMetrics.CursorsSaved(isSaved: true);
            }
        }
        catch (Exception cause)
        {
            LastError = cause.Message;
            DeliverMetrics.CursorsSaved(isSaved: false);
            PutBack(saving.Values);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private Dictionary<(string Group, int Rank), RankCursor> Take()
    {
        lock (_gate)
        {
            Dictionary<(string Group, int Rank), RankCursor> taken = _unsaved;
            _unsaved = [];
            _isArmed = false;
            return taken;
        }
    }

    private void PutBack(IEnumerable<RankCursor> cursors)
    {
        lock (_gate)
        {
            (_isSaving, _isWantedAgain) = (false, false);
            foreach (RankCursor cursor in cursors.Where(cursor => !IsOutdated(cursor)))
            {
                _unsaved.Add((cursor.Group, cursor.Share.Rank), cursor);
            }

            ArmLocked();
        }
    }

    /// <summary>Whether the rank has moved on meanwhile, or its group has another world or order, whose rank 0 is then
    /// here.</summary>
    private bool IsOutdated(RankCursor cursor) =>
        _unsaved.ContainsKey((cursor.Group, cursor.Share.Rank))
        || (_unsaved.TryGetValue((cursor.Group, 0), out RankCursor first)
            && (first.Share.World, first.Order) != (cursor.Share.World, cursor.Order));
}
