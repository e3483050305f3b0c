using Engine.Imaging;
using Engine.Options;

namespace Engine.Runtimes.Folder;

/// <summary>Pictures made elsewhere: where they arrive and how they are taken.</summary>
public sealed record FolderOptions : ICheckedOptions
{
    /// <summary>A folder with one folder a category. Required.</summary>
    [ConfigPath]
    public string Folder { get; init; } = "";

    /// <summary>Time from the end of one look at the folder to the next. 10 ms to 1 h. Default 2 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a prompt waits for a picture of its category. 0 to 24 h. Default 0.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Whether the folder is left as it is: what was taken is then known until the next start only. Default
    /// false.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>Files not taken yet that one look holds of a folder; the others come when these are taken. 1 to
    /// 1,000,000. Default 20,000.</summary>
    public int FilesMax { get; init; } = 20_000;

    /// <summary>Prompts taken in one call. 1 to 256. Default 4.</summary>
    public int BatchMax { get; init; } = 4;

    /// <summary>What a picture may hold. Default 2,048 px a side, 4,194,304 px and 24 MiB.</summary>
    public ImageLimits Limits { get; init; } =
        new() { SideMaxPx = 2048, PixelsMax = 2048L * 2048, BytesMax = 24L << 20 };

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Folder))
        {
            yield return new(nameof(Folder), "is empty; it must name a folder with one folder a category");
        }

        if (PollInterval < TimeSpan.FromMilliseconds(10) || PollInterval > TimeSpan.FromHours(1))
        {
            yield return new(nameof(PollInterval), $"is {PollInterval}; it must be 10 ms to 1 h");
        }

        if (Wait < TimeSpan.Zero || Wait > TimeSpan.FromHours(24))
        {
            yield return new(nameof(Wait), $"is {Wait}; it must be 0 to 24 h");
        }

        if (FilesMax is < 1 or > 1_000_000)
        {
            yield return new(nameof(FilesMax), $"is {FilesMax}; it must be 1 to 1000000 files");
        }

        if (BatchMax is < 1 or > 256)
        {
            yield return new(nameof(BatchMax), $"is {BatchMax}; it must be 1 to 256 prompts");
        }
    }
}
