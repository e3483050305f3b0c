namespace Host.Transport;

/// <summary>Lets several tasks write frames to one connection, one whole frame after the other.</summary>
/// <param name="output">Where frames go; used by this alone.</param>
/// <param name="clock">Times how long a peer lets bytes wait.</param>
internal sealed class FrameSender(IFrameOutput output, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1); // Guards the writer and the output.
    private readonly FrameWriter _frames = new(output);
    private long _waitingSince; // The time stamp at which a flush began; 0 when none is under way.
    private int _sends;

    /// <summary>Sends so far; wraps around, and is only compared for change.</summary>
    public int Sends => Volatile.Read(ref _sends);

    /// <summary>For how long the peer has not taken what was written; zero when it has.</summary>
    public TimeSpan Waiting
    {
        get
        {
            long since = Volatile.Read(ref _waitingSince);
            return since == 0 ? TimeSpan.Zero : clock.GetElapsedTime(since);
        }
    }

    /// <summary>Writes frames and waits until the peer is near enough to take more.</summary>
    /// <typeparam name="TState">What the frames are written from.</typeparam>
    /// <param name="state">Handed to <paramref name="write"/>.</param>
    /// <param name="write">Writes whole frames; what it returns, 0 or more, is the caller's.</param>
    /// <param name="stopping">Ends the wait; what was written stays written, whole.</param>
    /// <returns>What <paramref name="write"/> returned; -1 when the peer has gone.</returns>
    public async ValueTask<int> SendAsync<TState>(
        TState state, Func<FrameWriter, TState, int> write, CancellationToken stopping)
    {
        await _turn.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            int written = write(_frames, state);
            Interlocked.Increment(ref _sends);
            ValueTask<bool> flushing = output.FlushAsync(stopping);
            if (!flushing.IsCompleted)
            {
                Volatile.Write(ref _waitingSince, Math.Max(1, clock.GetTimestamp()));
            }

            return await flushing.ConfigureAwait(false) ? written : -1;
        }
        finally
        {
            Volatile.Write(ref _waitingSince, 0);
            _turn.Release();
        }
    }

    /// <summary>Gives memory back that frames were written from, once none of it is on its way any more.</summary>
    /// <param name="memory">Belongs to frames of the caller's last <see cref="SendAsync"/>.</param>
    public void GiveBack(IDisposable memory)
    {
        Task sent = output.Sent;
        if (sent.IsCompleted)
        {
            memory.Dispose();
        }
        else
        {
            _ = sent.ContinueWith(
                _ => memory.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    public void Dispose() => _turn.Dispose();
}
