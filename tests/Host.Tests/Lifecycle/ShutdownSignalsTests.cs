using Host.Lifecycle;

namespace Host.Tests.Lifecycle;

/// <summary>Goal: the first signal drains, the second ends.</summary>
public sealed class ShutdownSignalsTests
{
    [Fact]
    public void First_signal_drains_and_the_second_ends_at_once()
    {
        List<string> said = [];
        int exits = 0;
        using ShutdownSignals signals = new(said.Add, () => exits++);

        signals.Receive("SIGTERM");
        (bool drains, int exitsAfterFirst) = (signals.Drain.IsCancellationRequested, exits);
        signals.Receive("SIGINT");

        Assert.Equal((true, 0, 1), (drains, exitsAfterFirst, exits));
        Assert.StartsWith("SIGTERM: draining", said[0], StringComparison.Ordinal);
        Assert.StartsWith("SIGINT again", said[1], StringComparison.Ordinal);
    }
}
