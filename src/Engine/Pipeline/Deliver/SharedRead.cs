using Engine.Items;

namespace Engine.Pipeline.Deliver;

/// <summary>Samples that were read once for several groups. Their memory goes back with the last user.</summary>
/// <param name="groupsToCome">Groups that have not had all of it yet, the first reader's left out.</param>
internal sealed class SharedRead(int groupsToCome) : IDisposable
{
    private readonly TaskCompletionSource<bool> _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _users = 2; // The table, and the first reader. Changed through Interlocked.

    /// <summary>Ends with whether there is something; never faults.</summary>
    public Task<bool> IsRead => _isRead.Task;

    /// <summary>What was read. Set before <see cref="IsRead"/> ends.</summary>
    public Lent<LoggedSample> Samples { get; private set; } = new([]);

    /// <summary>Its place among those that the table keeps; null when it keeps it no more. Guarded by the table's gate.
    /// </summary>
    public LinkedListNode<SharedRead>? Place { get; set; }

    /// <summary>Counts down to 0, when nobody else is expected. Guarded by the table's gate.</summary>
    public int GroupsToCome { get; set; } = groupsToCome;

    public void Hold() => Interlocked.Increment(ref _users);

    public void Fill(Lent<LoggedSample> samples)
    {
        Samples = samples;
        _isRead.SetResult(true);
    }

    public void Fail() => _isRead.SetResult(false);

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Samples.Dispose();
        }
    }
}
