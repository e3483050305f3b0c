namespace Host.Transport;

/// <summary>Counts a client's frames by the second. For the one reader of a connection.</summary>
/// <param name="perSecondMax">Most frames that start in one second.</param>
/// <param name="clock">Says when a second is over.</param>
internal sealed class FrameRate(int perSecondMax, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private long _since = clock.GetTimestamp();
    private int _frames;

    /// <summary>Counts a frame.</summary>
    /// <exception cref="WireFormatException">There were too many.</exception>
    public void Count()
    {
        if (++_frames <= perSecondMax)
        {
            return;
        }

        if (clock.GetElapsedTime(_since) < Window)
        {
            throw new WireFormatException(
                GoAwayCode.TooFast,
                $"More than {perSecondMax} frames came within a second; client_frames_per_second_max is that.");
        }

        (_since, _frames) = (clock.GetTimestamp(), 1);
    }
}
