using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>Judges a sample of a category without real pictures: it must not look like a category that has some, and
/// must agree with its text where one is asked.</summary>
/// <param name="name">The filter's name; the scores are name.known and name.text.</param>
/// <param name="options">The rule.</param>
/// <param name="pictures">The pictures; owned by the caller.</param>
/// <param name="text">Scores the text; null when none is asked.</param>
/// <exception cref="InvalidDataException">The pictures do not allow a bound.</exception>
internal sealed class RealFallBack(string name, FallBackOptions options, IRealPictures pictures, TextScore? text)
{
    private readonly double _knownMax = pictures.KnownBound(options.RejectShare);

    /// <summary>Judges an item.</summary>
    public async ValueTask<Outcome<Embedded>> JudgeAsync(Embedded item, CancellationToken stopping)
    {
        string category = item.Annotated.Picture.Prompt.Category;
        RealNeighbour known = pictures.Margin(category, item.Embedding.Span).Other!.Value;

        // Written so that NaN is rejected: every comparison with it is false.
        if (!(known.Cosine <= _knownMax))
        {
            return Outcome.Drop<Embedded>(
                RejectReason.OtherCategory,
                $"{name}: '{category}' has no real picture, and the cosine to the mean of '{known.Id}' is "
                + $"{known.Cosine:G6}; at most {_knownMax:G6} is wanted");
        }

        Embedded noted = FilterVerdict.Noted(item, $"{name}.known", known.Cosine, _knownMax, known.Id);
        if (text is null)
        {
            return Outcome.Keep(noted);
        }

        (double own, RealNeighbour? other) = await text.OfAsync(item, stopping).ConfigureAwait(false);
        return FilterVerdict.Of(
            new FilterOptions { Name = $"{name}.text", Min = options.TextMin }, noted, own - (other?.Cosine ?? 0),
            other is { } highest ? $"the cosine to the text less that to '{highest.Id}'" : "the cosine to the text",
            $" for '{category}', which has no real picture", other?.Id);
    }

    /// <summary>Says how the verdict comes about.</summary>
    public async ValueTask<IReadOnlyList<string>> ExplainAsync(Embedded item, CancellationToken stopping)
    {
        string category = item.Annotated.Picture.Prompt.Category;
        RealNeighbour known = pictures.Margin(category, item.Embedding.Span).Other!.Value;
        List<string> lines =
        [
            $"the index has no real picture of '{category}': fall-back",
            $"cosine to the mean of the nearest known category '{known.Id}' {known.Cosine:F4}; at most "
                + $"{_knownMax:F4}, which {options.RejectShare:P1} of real pictures exceed when their category is left "
                + "out",
        ];
        if (text is not null)
        {
            (double own, RealNeighbour? other) = await text.OfAsync(item, stopping).ConfigureAwait(false);
            lines.Add(
                $"cosine to the text {own:F4}{(other is { } one ? $" less that to '{one.Id}' {one.Cosine:F4}" : "")}; "
                + $"at least text_min {options.TextMin:G6}");
        }

        return lines;
    }
}
