namespace Engine.Pipeline.Deliver;

/// <summary>What delivery and the log's retention know of each other.</summary>
public sealed partial class DeliveryHub
{
    /// <summary>Up to which sequence every registered group, detached ones included, has acknowledged all.</summary>
    /// <returns>A sequence; <see cref="long.MaxValue"/> when no group is registered. Of a shuffled group only whole
    /// blocks count: of one that is acknowledged in part any sequence may still be wanted.</returns>
    public long SettledSequence()
    {
        lock (_gate)
        {
            return _groups.Count == 0
                ? long.MaxValue
                : _groups.Values.Min(group => group.Order.StartOf(group.SettledUpTo + 1, _boundaries));
        }
    }

    internal DeliverRefusedException Lost(long sequence) => new(
        DeliverRefusal.CursorLost,
        $"Sample {sequence} was deleted by retention; the first one kept is {Log.FirstSequence}. "
        + "Come with no cursor, or 0, to go on there.");

    /// <summary>Refuses a cursor after which samples are gone; 0 asks for whatever is there.</summary>
    private void ThrowIfLost(long? cursor, DeliveryOrder order)
    {
        if (cursor > 0 && HasLost(cursor.Value, order))
        {
            throw Lost(order.StartOf(cursor.Value + 1, _boundaries) + 1);
        }
    }

    /// <summary>Where a rank starts: at its cursor, or after it at the first position from which all is kept.</summary>
    private long StartAfter(long cursor, DeliveryOrder order) =>
        HasLost(cursor, order) ? Math.Max(cursor, BeforeFirstKept(order)) : cursor;

    /// <summary>Whether a sample was deleted of the block that goes on after a cursor.</summary>
    private bool HasLost(long cursor, DeliveryOrder order) =>
        order.StartOf(cursor + 1, _boundaries) < Log.FirstSequence - 1;

    /// <summary>The last position before the first block of which no sample was deleted.</summary>
    /// <exception cref="DeliverRefusedException">That block is not whole yet, so it is not known where it will end.
    /// </exception>
    private long BeforeFirstKept(DeliveryOrder order)
    {
        long first = Log.FirstSequence;
        if (order.StartOf(first, _boundaries) is long start && start == first - 1)
        {
            return start;
        }

        long end = order.EndOf(first, _boundaries);
        return end <= order.CompleteUpTo(Log.LastSequence, _boundaries)
            ? end
            : throw new DeliverRefusedException(
                DeliverRefusal.CursorLost,
                $"Retention has deleted samples of the block of {order.Window} that the first one kept, {first}, lies "
                + $"in, and the block is not whole before sample {end} is stored. Come again then, or with a smaller "
                + "shuffle window.");
    }
}
