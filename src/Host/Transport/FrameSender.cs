using System.IO.Pipelines;

namespace Host.Transport;

/// <summary>Lets several tasks write frames to one connection, one whole frame after the other.</summary>
/// <param name="output">Owned by the connection.</param>
/// <param name="clock">Times how long a peer lets bytes wait.</param>
internal sealed class FrameSender(PipeWriter output, TimeProvider clock) : IDisposable
{
    private const int TogetherBytes = 64 << 10;

    private readonly SemaphoreSlim _turn = new(1, 1); // Guards the writer and the pipe.
    private readonly FrameWriter _frames = new(output);
    private long _waitingSince; // The time stamp at which a flush began; 0 when none is under way.
    private int _framesSent;

    /// <summary>Frames written so far; wraps around, and is only compared for change.</summary>
    public int FramesSent => Volatile.Read(ref _framesSent);

    /// <summary>For how long the peer has not taken what was written; zero when it has.</summary>
    public TimeSpan Waiting
    {
        get
        {
            long since = Volatile.Read(ref _waitingSince);
            return since == 0 ? TimeSpan.Zero : clock.GetElapsedTime(since);
        }
    }

    /// <summary>Writes a frame and waits until the peer is near enough to take more.</summary>
    /// <typeparam name="TState">What the frame is written from.</typeparam>
    /// <param name="state">Handed to <paramref name="write"/>.</param>
    /// <param name="write">Writes one whole frame, or nothing.</param>
    /// <param name="stopping">Ends the wait; what was written stays written, whole.</param>
    /// <param name="moreFollows">Another frame comes at once: this one may wait for it, until 64 KiB have come
    /// together. A flush costs more than a small frame.</param>
    /// <returns>False when the peer has gone.</returns>
    public async ValueTask<bool> SendAsync<TState>(
        TState state, Action<FrameWriter, TState> write, CancellationToken stopping, bool moreFollows = false)
    {
        await _turn.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            write(_frames, state);
            Interlocked.Increment(ref _framesSent);
            if (moreFollows && output.CanGetUnflushedBytes && output.UnflushedBytes < TogetherBytes)
            {
                return true;
            }

            ValueTask<FlushResult> flushing = output.FlushAsync(stopping);
            if (!flushing.IsCompleted)
            {
                Volatile.Write(ref _waitingSince, Math.Max(1, clock.GetTimestamp()));
            }

            FlushResult flushed = await flushing.ConfigureAwait(false);
            return !flushed.IsCompleted;
        }
        finally
        {
            Volatile.Write(ref _waitingSince, 0);
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
