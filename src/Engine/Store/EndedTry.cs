namespace Engine.Store;

/// <summary>How a try ended.</summary>
/// <param name="Category">The category's name.</param>
/// <param name="Stage">Who said no; null when it was accepted.</param>
/// <param name="Reason">Why, from the fixed set; null when it was accepted.</param>
/// <param name="Detail">The value and the bound; null when accepted, or where the reason says all.</param>
public sealed record EndedTry(string Category, string? Stage, string? Reason, string? Detail);
