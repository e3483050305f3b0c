using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>When an object is too like one that was accepted before, or is on its way to be.</summary>
public sealed record DuplicateOptions : ICheckedOptions
{
    /// <summary>Most of <see cref="RowsMax"/>.</summary>
    public const int RowsBoundMax = 16_777_216;

    /// <summary>Largest cosine to an accepted sample that passes; above it the sample is rejected as near_duplicate,
    /// with that sample's key. -1 to 1. It has to be found for the embedder. Default 0.98.</summary>
    public double Max { get; init; } = 0.98;

    /// <summary>True compares with accepted samples of all categories; false with those of the sample's own. Default
    /// false.</summary>
    public bool AllCategories { get; init; }

    /// <summary>Accepted samples remembered at most, the newest ones: 2 bytes for each value of an embedding, twice
    /// where a GPU searches, and about 150 bytes for the key. 1 to 16,777,216. Default 100,000.</summary>
    public int RowsMax { get; init; } = 100_000;

    /// <summary>Stored samples without an embedding of this embedder that are embedded anew at each start, at most;
    /// where there are more the start is refused. 0 to 16,777,216. Default 10,000.</summary>
    public int RebuildMax { get; init; } = 10_000;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!(Max is >= -1 and <= 1))
        {
            yield return new(nameof(Max), $"is {Max}; it must be -1 to 1");
        }

        if (RowsMax is < 1 or > RowsBoundMax)
        {
            yield return new(nameof(RowsMax), $"is {RowsMax}; it must be 1 to {RowsBoundMax} samples");
        }

        if (RebuildMax is < 0 or > RowsBoundMax)
        {
            yield return new(nameof(RebuildMax), $"is {RebuildMax}; it must be 0 to {RowsBoundMax} samples");
        }
    }
}
