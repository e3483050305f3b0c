using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>When an object is a copy of a real picture.</summary>
public sealed record CopyOptions : ICheckedOptions
{
    /// <summary>Largest cosine to a real picture that passes; above it the sample is rejected as near_copy, with the
    /// picture's id. -1 to 1. It has to be found for the embedder: look at the nearest pairs. Default 0.95.</summary>
    public double Max { get; init; } = 0.95;

    /// <summary>True compares with all pictures of the index, which reads all of it for each sample; false with those
    /// of the sample's category. Default false.</summary>
    public bool AllCategories { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Max is >= -1 and <= 1))
        {
            yield return new(nameof(Max), $"is {Max}; it must be -1 to 1");
        }
    }
}
