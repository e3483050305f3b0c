namespace Engine.Items;

/// <summary>A try that ended without a sample.</summary>
/// <param name="PromptId">The prompt's id.</param>
/// <param name="Attempt">The prompt's attempt.</param>
/// <param name="Category">The category's name.</param>
/// <param name="Stage">The stage that said no.</param>
/// <param name="Reason">One of <see cref="RejectReason"/>.</param>
/// <param name="Detail">The measured value and the bound, for a person; may be null.</param>
public sealed record Rejection(
    string PromptId, int Attempt, string Category, string Stage, string Reason, string? Detail);
