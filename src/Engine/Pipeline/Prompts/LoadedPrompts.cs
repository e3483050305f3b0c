namespace Engine.Pipeline.Prompts;

/// <summary>What a plan's templates and files hold.</summary>
/// <param name="Requests">The prompts: the templates', category by category, then the files', in the plan's order.
/// </param>
/// <param name="Duplicates">Prompts dropped: same category, text and seed as an earlier one, ignoring case and
/// spacing.</param>
/// <param name="Broken">The first lines that could not be used, up to <see cref="BrokenListedMax"/>.</param>
/// <param name="BrokenCount">How many lines could not be used.</param>
public sealed record LoadedPrompts(
    IReadOnlyList<PromptRequest> Requests, long Duplicates, IReadOnlyList<PromptLine> Broken, long BrokenCount)
{
    /// <summary>Broken lines listed at most; further ones are only counted.</summary>
    public const int BrokenListedMax = 1_000;
}
