namespace Engine.Pipeline.Deliver;

/// <summary>A sample that waits for the window. Guarded by the hub's gate.</summary>
internal sealed class WindowWait(long sequence)
{
    private readonly TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Sequence => sequence;

    public Task Passed => _passed.Task;

    /// <summary>The group that is waited for; null when the sample may pass.</summary>
    public ConsumerGroup? Blocker { get; private set; }

    /// <summary>The clock's time stamp since when.</summary>
    public long Since { get; private set; }

    /// <summary>Ends the account of the group waited for until now and opens the next one's.</summary>
    public void WaitFor(ConsumerGroup? blocker, TimeProvider clock)
    {
        if (Blocker is not null)
        {
            Blocker.Blocked += clock.GetElapsedTime(Since);
        }

        (Blocker, Since) = (blocker, clock.GetTimestamp());
        if (blocker is null)
        {
            _passed.TrySetResult();
        }
    }
}
