namespace Engine.Pipeline.Prompts;

/// <summary>How one category stood at one moment.</summary>
/// <param name="Name">The category's name.</param>
/// <param name="Wanted">Its quota of accepted samples.</param>
/// <param name="Accepted">Accepted samples, those of earlier runs included.</param>
/// <param name="InFlight">Tries issued and not ended. Accepted and in flight together never exceed the quota.</param>
/// <param name="Tried">Tries that ended, those of earlier runs included.</param>
/// <param name="Prompts">Prompts held for it.</param>
/// <param name="Rejected">Rejected tries by reason; a reason outside the fixed set counts as <c>other</c>.</param>
/// <param name="State">Open, filled or exhausted.</param>
/// <param name="Closed">Why it is exhausted, with the bound; null otherwise.</param>
public sealed record CategoryProgress(
    string Name,
    long Wanted,
    long Accepted,
    int InFlight,
    long Tried,
    int Prompts,
    IReadOnlyDictionary<string, long> Rejected,
    CategoryState State,
    string? Closed);
