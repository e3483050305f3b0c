using System.Collections;

namespace Engine.Items;

/// <summary>Items whose memory is lent: it is used again once they are disposed, and must not be looked at after that.
/// </summary>
/// <typeparam name="T">The item.</typeparam>
/// <param name="items">The items.</param>
/// <param name="memory">Gives their memory back; null where they own it themselves.</param>
public sealed class Lent<T>(IReadOnlyList<T> items, IDisposable? memory = null) : IReadOnlyList<T>, IDisposable
{
    private IDisposable? _memory = memory;

    /// <inheritdoc/>
    public int Count => items.Count;

    /// <inheritdoc/>
    public T this[int index] => items[index];

    /// <summary>Hands the memory on to other items that lie in it; these then own nothing.</summary>
    /// <typeparam name="TOther">The other items.</typeparam>
    /// <param name="others">Made of these.</param>
    /// <returns>The other items, which own the memory.</returns>
    public Lent<TOther> As<TOther>(IReadOnlyList<TOther> others) =>
        new(others, Interlocked.Exchange(ref _memory, null));

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();

    /// <summary>Gives the memory back. More than once is once.</summary>
    public void Dispose() => Interlocked.Exchange(ref _memory, null)?.Dispose();
}
