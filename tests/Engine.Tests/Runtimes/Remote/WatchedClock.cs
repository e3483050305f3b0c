using System.Threading.Channels;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Remote;

/// <summary>A clock that stands still and tells which timers were set, so that a test waits for them and not for time.
/// </summary>
internal sealed class WatchedClock : TimeProvider
{
    private readonly ManualClock _clock = new();
    private readonly Channel<TimeSpan> _set = Channel.CreateUnbounded<TimeSpan>();

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = _clock.CreateTimer(callback, state, dueTime, period);
        _set.Writer.TryWrite(dueTime);
        return timer;
    }

    public void Advance(TimeSpan by) => _clock.Advance(by);

    /// <summary>The next timer that was set.</summary>
    public ValueTask<TimeSpan> NextAsync(CancellationToken token) => _set.Reader.ReadAsync(token);

    /// <summary>The next timer set that is not of this length.</summary>
    public async Task<TimeSpan> NextButAsync(TimeSpan other, CancellationToken token)
    {
        while (true)
        {
            TimeSpan due = await NextAsync(token);
            if (due != other)
            {
                return due;
            }
        }
    }
}
