using Engine.Options;

namespace Engine.Store;

/// <summary>Where accepted samples are kept and how much of the disk they may use. Immutable.</summary>
public sealed record StoreOptions : ICheckedOptions
{
    /// <summary>The data directory; made with mode 0700 when absent. Not empty. Default <c>data</c>.</summary>
    [ConfigPath(IsOutput = true)]
    public string Directory { get; init; } = "data";

    /// <summary>A shard is sealed before it would grow beyond this. In bytes, 1 MiB to 64 GiB. Default 1 GiB.</summary>
    /// <remarks>Only a single sample that is larger than this makes a larger shard.</remarks>
    public long ShardBytesMax { get; init; } = 1L << 30;

    /// <summary>Largest sample (picture, mask and JSON). In bytes, 4 KiB to 1 GiB. Default 32 MiB.</summary>
    public long SampleBytesMax { get; init; } = 32L << 20;

    /// <summary>Below this much free space intake pauses. In bytes, 0 (never) to 16 TiB. Default 512 MiB.</summary>
    public long FreeBytesMin { get; init; } = 512L << 20;

    /// <summary>How often a paused store looks for space again. 10 ms to 1 min. Default 1 s.</summary>
    public TimeSpan FreePollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Newest samples whose checksum is verified at each open. 0 to 65,536. Default 64.</summary>
    public int VerifySamples { get; init; } = 64;

    /// <summary>When old samples are deleted.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Directory))
        {
            yield return new(nameof(Directory), "is empty; it must name the data directory");
        }

        if (ShardBytesMax is < 1L << 20 or > 64L << 30)
        {
            yield return new(nameof(ShardBytesMax), $"is {ShardBytesMax}; it must be 1048576 to 68719476736 bytes");
        }

        if (SampleBytesMax is < 4096 or > 1L << 30)
        {
            yield return new(nameof(SampleBytesMax), $"is {SampleBytesMax}; it must be 4096 to 1073741824 bytes");
        }

        if (FreeBytesMin is < 0 or > 16L << 40)
        {
            yield return new(nameof(FreeBytesMin), $"is {FreeBytesMin}; it must be 0 to 17592186044416 bytes");
        }

        if (FreePollInterval < TimeSpan.FromMilliseconds(10) || FreePollInterval > TimeSpan.FromMinutes(1))
        {
            yield return new(nameof(FreePollInterval), $"is {FreePollInterval}; it must be 10 ms to 1 min");
        }

        if (VerifySamples is < 0 or > 65_536)
        {
            yield return new(nameof(VerifySamples), $"is {VerifySamples}; it must be 0 to 65536 samples");
        }

        if (Retention.BytesMax > 0 && Retention.BytesMax < 2 * ShardBytesMax)
        {
            yield return new(
                nameof(Retention),
                $"has bytes_max {Retention.BytesMax}; it must be 0 or at least {2 * ShardBytesMax}, twice "
                + "shard_bytes_max");
        }
    }
}
