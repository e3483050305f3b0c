namespace Engine.Store.Repair;

/// <summary>What a repair found and did, or would do.</summary>
public sealed record RepairResult
{
    /// <summary>One sentence a thing that is wrong, and what is done about it; empty when the store is sound.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    /// <summary>Samples whose bytes are lost; their tries are made again.</summary>
    public required long LostSamples { get; init; }

    /// <summary>Samples that the store has afterwards.</summary>
    public required long KeptSamples { get; init; }

    /// <summary>The list of what is lost; null in a dry run, or when nothing was wrong.</summary>
    public string? ReportPath { get; init; }
}
