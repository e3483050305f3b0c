using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>The filter stage: one filter after the other; the first that says no ends the try.</summary>
/// <param name="filters">In order; may be none.</param>
/// <param name="embedder">The embedder's name, or null when none is configured.</param>
public sealed class FilterChain(IReadOnlyList<IFilter> filters, string? embedder)
{
    /// <summary>What the chain does, in one line for the log at start.</summary>
    public string Describe()
    {
        string links = filters.Count == 0 ? "no filters" : string.Join(" -> ", filters.Select(filter => filter.Name));
        return embedder is null
            ? $"{links}; no embedder is configured, so samples are gated on quality alone"
            : $"{links}; embedder {embedder}";
    }

    /// <summary>Judges one item as <see cref="JudgeAsync"/> does, and has each filter say how its verdict comes about.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>What each filter says that was asked, in order: up to the first that drops the item.</returns>
    public async ValueTask<IReadOnlyList<FilterExplanation>> ExplainAsync(Embedded item, CancellationToken stopping)
    {
        List<FilterExplanation> said = [];
        foreach (IFilter filter in filters)
        {
            IReadOnlyList<string> lines = await filter.ExplainAsync(item, stopping).ConfigureAwait(false);
            Outcome<Embedded> outcome = await filter.JudgeAsync(item, stopping).ConfigureAwait(false);
            said.Add(new FilterExplanation(filter.Name, item, outcome, lines));
            if (outcome.DropReason is not null)
            {
                break;
            }

            item = outcome.Value!;
        }

        return said;
    }

    /// <summary>Judges one item by every filter.</summary>
    /// <param name="item">The item.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>The item with every filter's score, or the first drop.</returns>
    public async ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        foreach (IFilter filter in filters)
        {
            Outcome<Embedded> outcome = await filter.JudgeAsync(item, stopping).ConfigureAwait(false);
            if (outcome.DropReason is not null)
            {
                return outcome;
            }

            item = outcome.Value!;
        }

        return Outcome.Keep(item);
    }

    /// <summary>Tells the filters that remember it that a try's sample is durable in the store.</summary>
    /// <param name="key">The prompt's key.</param>
    public void Accepted(string key)
    {
        foreach (ITryListener listener in filters.OfType<ITryListener>())
        {
            listener.Accepted(key);
        }
    }

    /// <summary>Tells the filters that remember it that a try ended without a sample, in whatever stage.</summary>
    /// <param name="key">The prompt's key.</param>
    public void Rejected(string key)
    {
        foreach (ITryListener listener in filters.OfType<ITryListener>())
        {
            listener.Rejected(key);
        }
    }
}
