using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>One link of the filter chain: scores an item and keeps or drops it.</summary>
public interface IFilter
{
    /// <summary>The configured name; the key of its score in <see cref="Embedded.Scores"/>.</summary>
    string Name { get; }

    /// <summary>Scores one item. Pure but for models it may call; safe to call from several workers at once.</summary>
    /// <param name="item">The item, with the scores of the filters before this one.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>The item with this filter's score added, or a drop with a reason.</returns>
    ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping);
}
