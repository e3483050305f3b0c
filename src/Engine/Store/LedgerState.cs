namespace Engine.Store;

/// <summary>What the ledger knows of all tries that ended; read once at start, owned by the caller.</summary>
public sealed record LedgerState
{
    /// <summary>Accepted samples by category; a category without one is absent.</summary>
    public required IReadOnlyDictionary<string, long> Accepted { get; init; }

    /// <summary>Rejected tries by category and reason; none at 0.</summary>
    public required IReadOnlyDictionary<(string Category, string Reason), long> Rejected { get; init; }

    /// <summary>Ended tries by prompt id; a prompt without one is absent.</summary>
    public required IReadOnlyDictionary<string, PromptProgress> Prompts { get; init; }
}
