using System.Globalization;
using System.Text.Json;

namespace Engine.Export;

/// <summary>How a WebDataset is cut, ordered and chosen. Immutable.</summary>
public sealed record WebDatasetOptions
{
    /// <summary>A shard is closed before it would grow beyond this. In bytes, 1 MiB to 64 GiB. Default 1 GiB.</summary>
    public long ShardBytesMax { get; init; } = 1L << 30;

    /// <summary>Shuffles blocks of 65,536 samples with this seed; null keeps the order of acceptance.</summary>
    public ulong? ShuffleSeed { get; init; }

    /// <summary>Categories that are exported; all when empty.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Share of the samples that goes to <c>val</c> shards. 0 to 100 percent. Default 0.</summary>
    public double ValPercent { get; init; }

    /// <summary>What a folder is bound to: a later run with other options is refused.</summary>
    internal string Format => string.Create(
        CultureInfo.InvariantCulture,
        $"webdataset, shards of {ShardBytesMax}, shuffle {SeedText}, val {ValPercent} %, categories {CategoryText}");

    private string SeedText => ShuffleSeed?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private string CategoryText => JsonSerializer.Serialize(Categories.Order(StringComparer.Ordinal));
}
