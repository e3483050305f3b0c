using Engine.Options;

namespace Engine.Pipeline.Prompts;

/// <summary>How much is read of one file or one HTTP body of prompts. The defaults are for a body.</summary>
public sealed record PromptReadLimits : ICheckedOptions
{
    /// <summary>UTF-8 bytes of a prompt. 1 to 4,096. Default 4,096.</summary>
    public int PromptBytesMax { get; init; } = 4096;

    /// <summary>Lines read, blank ones included. 1 to 1,000,000,000. Default 10,000.</summary>
    public long LinesMax { get; init; } = 10_000;

    /// <summary>Bytes read. 1 to 1 TiB. Default 8 MiB.</summary>
    public long BytesMax { get; init; } = 8L << 20;

    /// <summary>
    /// Bytes of one line; a longer one is passed over without being held. Room for a prompt of which JSON writes each
    /// byte as a six-byte escape, and for the other members.
    /// </summary>
    public int LineBytesMax => (6 * PromptBytesMax) + 4096;

    /// <summary>Limits for the files of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>The plan's own bound on a prompt; lines and bytes as wide as they may be set.</returns>
    public static PromptReadLimits ForFiles(PlanOptions plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return new PromptReadLimits
        {
            PromptBytesMax = plan.PromptBytesMax,
            LinesMax = 1_000_000_000,
            BytesMax = 1L << 40,
        };
    }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (PromptBytesMax is < 1 or > 4096)
        {
            yield return new(nameof(PromptBytesMax), $"is {PromptBytesMax}; it must be 1 to 4096 bytes");
        }

        if (LinesMax is < 1 or > 1_000_000_000)
        {
            yield return new(nameof(LinesMax), $"is {LinesMax}; it must be 1 to 1000000000 lines");
        }

        if (BytesMax is < 1 or > 1L << 40)
        {
            yield return new(nameof(BytesMax), $"is {BytesMax}; it must be 1 to {1L << 40} bytes (1 TiB)");
        }
    }
}
