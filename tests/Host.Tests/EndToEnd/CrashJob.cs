namespace Host.Tests.EndToEnd;

/// <summary>A training job in a process of its own, started again and again on the same checkpoint.</summary>
internal sealed class CrashJob(string address, string group, int rank, int world, string file, string mode)
    : IDisposable
{
    private PythonProcess? _process;
    private long _hellos;
    private long _saves;

    public string Group => group;

    /// <summary>Its checkpoint.</summary>
    public string File => file;

    public bool IsAlive => _process is { HasEnded: false };

    /// <summary>Times it was about to say hello, or was welcomed.</summary>
    public long Hellos => Volatile.Read(ref _hellos);

    /// <summary>Checkpoints it has written.</summary>
    public long Saves => Volatile.Read(ref _saves);

    /// <summary>Starts it; one that ended by itself has failed.</summary>
    /// <param name="seed">Of its draws.</param>
    /// <param name="until">The last sequence that it applies; 0 for all.</param>
    public void Start(int seed, long until)
    {
        Assert.True(_process is null, $"{group} {rank} ended by itself: {_process?.Said}");
        _process = PythonProcess.Start(
            "crash_trainer.py", Hear, address, group, $"{rank}", $"{world}", file, mode, $"{seed}", $"{until}");
    }

    public void Kill()
    {
        if (_process is not null)
        {
            Assert.False(_process.HasEnded, $"{group} {rank} ended by itself: {_process.Said}");
            _process.Kill();
            _process.Dispose();
            _process = null;
        }
    }

    /// <summary>Waits until it has applied everything.</summary>
    public async Task EndsAsync(TimeSpan limit)
    {
        int code = await _process!.ExitCodeAsync(limit);
        Assert.True(code == 0, $"{group} {rank}: {_process.Said}");
    }

    public override string ToString()
    {
        using StreamReader checkpoint = new(file);
        return $"{group} {rank} of {world} ({checkpoint.ReadLine()}; it said: {_process?.Said})";
    }

    public void Dispose() => _process?.Dispose();

    private void Hear(string line)
    {
        if (line == "saved")
        {
            Interlocked.Increment(ref _saves);
        }
        else if (line is "connects" or "welcomed")
        {
            Interlocked.Increment(ref _hellos);
        }
    }
}
