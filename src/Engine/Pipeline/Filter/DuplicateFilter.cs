using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Drops an item that is like one accepted before or about to be, and notes the nearest one of every other.
/// </summary>
/// <param name="options">The bound, in its duplicates section.</param>
/// <param name="objects">What was accepted; owned by the caller.</param>
/// <remarks>A generator that gives the same picture for many prompts fills quotas and teaches nothing: DiverGen's
/// finding is that diversity, not number, makes generated data worth having.</remarks>
public sealed class DuplicateFilter(FilterOptions options, AcceptedObjects objects) : IFilter, ITryListener
{
    private readonly DuplicateOptions _how = options.Duplicates!;

    /// <inheritdoc/>
    public string Name => options.Name;

    /// <summary>The bounds.</summary>
    public DuplicateOptions Options => _how;

    /// <summary>What was accepted.</summary>
    public AcceptedObjects Objects => objects;

    /// <inheritdoc/>
    /// <remarks>What is kept is reserved until <see cref="Accepted"/> or <see cref="Rejected"/>.</remarks>
    /// <exception cref="InvalidDataException">The item's embedding is of another width.</exception>
    public ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Embedding.Length != objects.Width)
        {
            throw new InvalidDataException(
                $"An embedding of {item.Embedding.Length} numbers cannot be compared with samples of {objects.Width}.");
        }

        Prompt prompt = item.Annotated.Picture.Prompt;
        (RealNeighbour? nearest, bool isReserved) = objects.Reserve(
            prompt.Key, prompt.Category, _how.AllCategories, item.Embedding.Span, _how.Max);
        if (!isReserved)
        {
            return ValueTask.FromResult(Outcome.Drop<Embedded>(
                RejectReason.NearDuplicate,
                $"{Name}: the cosine to sample '{nearest!.Value.Id}' is {nearest.Value.Cosine:G6}; at most "
                + $"{_how.Max:G6} is wanted"));
        }

        return ValueTask.FromResult(Outcome.Keep(
            nearest is { } near ? FilterVerdict.Noted(item, Name, near.Cosine, _how.Max, near.Id) : item));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ExplainAsync(Embedded item, CancellationToken stopping) =>
        ValueTask.FromResult<IReadOnlyList<string>>(
        [
            $"largest cosine to an accepted sample; at most max {_how.Max:G6}",
            $"{objects.Rows} accepted samples are remembered in this process; a daemon's own are not looked at",
        ]);

    /// <inheritdoc/>
    public void Accepted(string key) => objects.Accept(key);

    /// <inheritdoc/>
    public void Rejected(string key) => objects.Release(key);
}
