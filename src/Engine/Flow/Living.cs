namespace Engine.Flow;

/// <summary>The objects of a kind that live now, for its gauges: an instrument is one a process, its objects come and
/// go. Safe from any thread.</summary>
/// <typeparam name="T">The kind; compared by reference.</typeparam>
internal sealed class Living<T>
    where T : class
{
    private readonly Lock _gate = new();
    private readonly HashSet<T> _all = new(ReferenceEqualityComparer.Instance); // Guarded by _gate.

    /// <summary>Adds one that was made.</summary>
    public void Add(T one)
    {
        lock (_gate)
        {
            _all.Add(one);
        }
    }

    /// <summary>Takes one away that ended.</summary>
    public void Remove(T one)
    {
        lock (_gate)
        {
            _all.Remove(one);
        }
    }

    /// <summary>Those that live at this moment.</summary>
    public T[] Now()
    {
        lock (_gate)
        {
            return [.. _all];
        }
    }
}
