namespace Engine.Pipeline.Prompts;

/// <summary>What is known of all tries that ended before this start. Not to be changed once handed over.</summary>
public sealed record PlannerState
{
    /// <summary>The state of a store without a sample.</summary>
    public static PlannerState Empty { get; } = new();

    /// <summary>Accepted samples by category; a category without one may be absent.</summary>
    public IReadOnlyDictionary<string, long> Accepted { get; init; } = new Dictionary<string, long>();

    /// <summary>Rejected tries by category and reason; those at 0 may be absent.</summary>
    public IReadOnlyDictionary<(string Category, string Reason), long> Rejected { get; init; } =
        new Dictionary<(string, string), long>();

    /// <summary>Ended tries by prompt id; a prompt without one may be absent, and ids of no plan are ignored.</summary>
    public IReadOnlyDictionary<string, EndedTries> Prompts { get; init; } = new Dictionary<string, EndedTries>();
}
