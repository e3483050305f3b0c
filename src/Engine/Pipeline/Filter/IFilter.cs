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

    /// <summary>Says how the verdict on an item comes about: each number that goes into score and bound. Not asked in
    /// the stream.</summary>
    /// <param name="item">The item as <see cref="JudgeAsync"/> was given it.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>A line a term, for a person; none where score and bound say all.</returns>
    ValueTask<IReadOnlyList<string>> ExplainAsync(Embedded item, CancellationToken stopping) =>
        ValueTask.FromResult<IReadOnlyList<string>>([]);
}
