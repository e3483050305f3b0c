using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Keeps an item that is like the real pictures of its category.</summary>
/// <remarks>Source: Fan et al., "DiverGen", CVPR 2024, inter-similarity: the mean cosine, threshold 0.6 with CLIP
/// ViT-L/14. Thresholds by category, the margin and the fall-back are ours (docs/spec/index.md).</remarks>
public sealed partial class RealFilter : IFilter
{
    private readonly FilterOptions _options;
    private readonly RealOptions _how;
    private readonly IRealPictures _pictures;
    private readonly Func<string, RealThreshold>? _calibrated;
    private readonly Dictionary<string, double> _stated;
    private readonly RealFallBack? _fallBack;

    /// <summary>Makes the filter.</summary>
    /// <param name="options">The threshold, and, in its real section, how the score is made.</param>
    /// <param name="pictures">The pictures; owned by the caller.</param>
    /// <param name="text">Scores texts, for a fall-back that asks one; else null.</param>
    /// <exception cref="InvalidDataException">A share was asked for, and the index cannot say what it is; or a
    /// threshold is stated of a category that the index has not.</exception>
    /// <exception cref="ArgumentException">The fall-back asks a text, and there is nothing to score it.</exception>
    public RealFilter(FilterOptions options, IRealPictures pictures, TextScore? text = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pictures);
        (_options, _how, _pictures) = (options, options.Real!, pictures);
        _calibrated = _how.RejectShare > 0 ? pictures.Thresholds(_how.RejectShare) : null;
        _stated = StatedThresholds.Of(options, pictures);
        if (_how.Missing == MissingCategory.FallBack)
        {
            if (_how.FallBack.Text is not null && text is null)
            {
                throw new ArgumentException($"Filter '{Name}' falls back to a text, and got no text score.");
            }

            _fallBack = new RealFallBack(Name, _how.FallBack, pictures, _how.FallBack.Text is null ? null : text);
        }
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The item's embedding is of another width than the index.</exception>
    public ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        string category = item.Annotated.Picture.Prompt.Category;
        if (!_pictures.Has(category))
        {
            return _fallBack is not null
                ? _fallBack.JudgeAsync(item, stopping)
                : ValueTask.FromResult(_how.Missing == MissingCategory.Reject
                    ? Outcome.Drop<Embedded>(
                        RejectReason.ScoreLow, $"{Name}: there is no real picture of '{category}' to compare with")
                    : Outcome.Keep(item));
        }

        (double score, RealNeighbour? to) = Score(category, item.Embedding.Span);
        return ValueTask.FromResult(FilterVerdict.Of(
            _options with { Min = Bound(category) }, item, score, What(to), neighbour: to?.Id));
    }

    private string What(in RealNeighbour? to) => _how.Score switch
    {
        RealScore.Mean => "the mean cosine to real pictures",
        RealScore.Nearest => $"the mean of the {_how.Nearest} largest cosines to real pictures",
        _ => to is { } other ? $"the lead over '{other.Id}'" : "the cosine to the mean real picture",
    };

    private double Bound(string category) => _stated.TryGetValue(CategoryName.Key(category), out double stated)
        ? stated
        : _options.Min + (_calibrated?.Invoke(category).Value ?? 0);

    private (double Score, RealNeighbour? To) Score(string category, ReadOnlySpan<float> point)
    {
        switch (_how.Score)
        {
            case RealScore.Mean:
                return (_pictures.Mean(category, point) ?? double.NaN, null);
            case RealScore.Nearest:
                IReadOnlyList<RealNeighbour> nearest = _pictures.Nearest(category, point, _how.Nearest);
                return nearest.Count == 0 ? (double.NaN, null) : (nearest.Average(one => one.Cosine), nearest[0]);
            default:
                RealMargin margin = _pictures.Margin(category, point);
                return (margin.Lead ?? double.NaN, margin.Other);
        }
    }
}
