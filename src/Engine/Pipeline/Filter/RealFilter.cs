using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Keeps an item that is like the real pictures of its category.</summary>
/// <remarks>Source: Fan et al., "DiverGen", CVPR 2024, inter-similarity: the mean cosine, threshold 0.6 with CLIP
/// ViT-L/14. Thresholds by category are ours (docs/spec/index.md).</remarks>
public sealed class RealFilter : IFilter
{
    private readonly FilterOptions _options;
    private readonly RealOptions _how;
    private readonly IRealPictures _pictures;
    private readonly Func<string, double> _threshold;

    /// <summary>Makes the filter.</summary>
    /// <param name="options">The threshold, and, in its real section, how the score is made.</param>
    /// <param name="pictures">The pictures; owned by the caller.</param>
    /// <exception cref="InvalidDataException">A share was asked for, and the index cannot say what it is.</exception>
    public RealFilter(FilterOptions options, IRealPictures pictures)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(pictures);
        (_options, _how, _pictures) = (options, options.Real!, pictures);
        _threshold = _how.RejectShare > 0 ? pictures.Thresholds(_how.RejectShare) : _ => 0;
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The item's embedding is of another width than the index.</exception>
    public ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        string category = item.Annotated.Picture.Prompt.Category;
        if (Score(category, item.Embedding.Span) is not { } score)
        {
            return ValueTask.FromResult(_how.RejectMissing
                ? Outcome.Drop<Embedded>(
                    RejectReason.ScoreLow, $"{Name}: there is no real picture of '{category}' to compare with")
                : Outcome.Keep(item));
        }

        FilterOptions own = _options with { Min = _options.Min + _threshold(category) };
        return ValueTask.FromResult(FilterVerdict.Of(own, item, score, What));
    }

    private string What => _how.Score == RealScore.Mean
        ? "the mean cosine to real pictures"
        : $"the mean of the {_how.Nearest} largest cosines to real pictures";

    private double? Score(string category, ReadOnlySpan<float> point)
    {
        if (_how.Score == RealScore.Mean)
        {
            return _pictures.Mean(category, point);
        }

        IReadOnlyList<RealNeighbour> nearest = _pictures.Nearest(category, point, _how.Nearest);
        return nearest.Count == 0 ? null : nearest.Average(one => one.Cosine);
    }
}
