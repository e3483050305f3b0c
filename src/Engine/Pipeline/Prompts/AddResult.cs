namespace Engine.Pipeline.Prompts;

/// <summary>What became of prompts that were added.</summary>
/// <remarks>To make an addition outlast a restart, record <see cref="Added"/> before confirming it to the sender: a
/// crash in between leaves at worst ended tries of a prompt that the sender will send again, under the same id.
/// </remarks>
public sealed record AddResult
{
    /// <summary>Refusals listed at most; further ones are only counted.</summary>
    public const int RefusedListedMax = 1_000;

    /// <summary>Prompts taken, in the order given. Empty for the prompts of the constructor.</summary>
    public required IReadOnlyList<AddedPrompt> Added { get; init; }

    /// <summary>How many were taken.</summary>
    public required int AddedCount { get; init; }

    /// <summary>How many were held already: same category, text and seed, ignoring case and spacing.</summary>
    public required int Duplicates { get; init; }

    /// <summary>How many were refused.</summary>
    public required int RefusedCount { get; init; }

    /// <summary>The first refusals, up to <see cref="RefusedListedMax"/>.</summary>
    public required IReadOnlyList<RefusedPrompt> Refused { get; init; }
}
