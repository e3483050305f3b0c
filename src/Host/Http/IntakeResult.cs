namespace Host.Http;

/// <summary>What became of the lines of a request.</summary>
/// <param name="Accepted">Prompts that are new and durable.</param>
/// <param name="Duplicates">Prompts that were known.</param>
/// <param name="Rejected">Lines that were not taken.</param>
/// <param name="Lines">The first of them, at most 100, each with its number from 1 and the reason.</param>
internal sealed record IntakeResult(
    int Accepted, int Duplicates, int Rejected, IReadOnlyList<IntakeLine> Lines);
