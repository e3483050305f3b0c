using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>How a sample of a category without real pictures is judged.</summary>
public sealed record FallBackOptions : ICheckedOptions
{
    /// <summary>
    /// Share of pictures of unknown categories that may be rejected because they look like a known one; the bound
    /// follows from how real pictures look like other categories than their own (docs/spec/index.md). Above 0 and below
    /// 1. Default 0.05.
    /// </summary>
    public double RejectShare { get; init; } = 0.05;

    /// <summary>The text that the picture must agree with too; needs an embedder with a text half. Without it no text
    /// is asked.</summary>
    public TextOptions? Text { get; init; }

    /// <summary>The least cosine to the text, or lead over the other texts, that passes; any finite number. Default 0.
    /// </summary>
    public double TextMin { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(RejectShare is > 0 and < 1))
        {
            yield return new(nameof(RejectShare), $"is {RejectShare}; it must be above 0 and below 1");
        }

        if (!double.IsFinite(TextMin))
        {
            yield return new(nameof(TextMin), $"is {TextMin}; it must be a finite number");
        }
    }
}
