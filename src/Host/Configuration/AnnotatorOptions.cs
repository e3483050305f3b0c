using Engine.Options;
using Engine.Runtimes.Salient;
using Engine.Runtimes.Sam;

namespace Host.Configuration;

/// <summary>What finds the objects.</summary>
internal sealed record AnnotatorOptions : ICheckedOptions
{
    /// <summary>Its name in samples and metrics; empty for the kind's. At most 64 characters. Default empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>The family: sam or salient. Default sam.</summary>
    public AnnotatorKind Kind { get; init; }

    /// <summary>The models, where the kind is sam.</summary>
    public SamOptions? Sam { get; init; }

    /// <summary>The model, where the kind is salient.</summary>
    public SalientOptions? Salient { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Name.Length > 64)
        {
            yield return new(nameof(Name), $"has {Name.Length} characters; it may have 64");
        }

        if (Kind == AnnotatorKind.Sam && Sam is null)
        {
            yield return new(nameof(Sam), "is missing; kind sam needs its encoder and decoder");
        }

        if (Kind == AnnotatorKind.Salient && Salient is null)
        {
            yield return new(nameof(Salient), "is missing; kind salient needs its model");
        }
    }
}
