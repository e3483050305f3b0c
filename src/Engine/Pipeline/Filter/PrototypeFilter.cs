using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Keeps an item whose mean cosine to the real pictures of its category is at least a threshold.</summary>
/// <param name="options">The threshold, and, in its prototypes, what happens to a category without pictures.</param>
/// <param name="prototypes">The real pictures' means, made by the embedder that embeds the items.</param>
/// <remarks>Source: Fan et al., "DiverGen", CVPR 2024, inter-similarity; there too real objects keep some of their
/// surroundings while generated ones stand on black.</remarks>
public sealed class PrototypeFilter(FilterOptions options, CategoryPrototypes prototypes) : IFilter
{
    /// <inheritdoc/>
    public string Name => options.Name;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The item's embedding is of another width than the pictures'.
    /// </exception>
    public ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        string category = item.Annotated.Picture.Prompt.Category;
        if (prototypes.Score(category, item.Embedding.Span) is not { } score)
        {
            return ValueTask.FromResult(options.Prototypes!.RejectMissing
                ? Outcome.Drop<Embedded>(
                    RejectReason.ScoreLow, $"{Name}: there is no real picture of '{category}' to compare with")
                : Outcome.Keep(item));
        }

        return ValueTask.FromResult(FilterVerdict.Of(options, item, score, "the mean cosine"));
    }
}
