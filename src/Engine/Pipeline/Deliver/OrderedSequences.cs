namespace Engine.Pipeline.Deliver;

/// <summary>Which sequence stands at a position of an order. Safe to call from several threads.</summary>
/// <remarks>Keeps the last few permutations: ranks of a group read near each other. At most 1 MiB a group.</remarks>
internal sealed class OrderedSequences(DeliveryOrder order)
{
    private const int BlocksKept = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<(long Start, int[] Offsets)> _blocks = new(); // Newest first. Guarded by _gate.

    /// <summary>The sequence at a position.</summary>
    /// <param name="position">A position of a block that is whole.</param>
    /// <param name="boundaries">Where blocks end early, all up to the block's end.</param>
    public long At(long position, IReadOnlyList<long> boundaries)
    {
        if (order.Window == 0)
        {
            return position;
        }

        long start = order.StartOf(position, boundaries);
        int[] offsets = Block(start, (int)(order.EndOf(position, boundaries) - start));
        return start + 1 + offsets[position - start - 1];
    }

    private int[] Block(long start, int length)
    {
        lock (_gate)
        {
            foreach ((long at, int[] kept) in _blocks)
            {
                if (at == start)
                {
                    return kept;
                }
            }

            int[] offsets = BlockShuffle.Permute(order.Seed, start, length);
            _blocks.AddFirst((start, offsets));
            if (_blocks.Count > BlocksKept)
            {
                _blocks.RemoveLast();
            }

            return offsets;
        }
    }
}
