namespace Engine.Items;

/// <summary>What consumers ask for now: a value that is read, never a call. Immutable; another one is made when it
/// changes.</summary>
/// <param name="Weights">By category's name: how much of it is wanted, where 1 is the mean; finite, from 0. A category
/// that is not named is wanted as much as before.</param>
public sealed record Demand(IReadOnlyDictionary<string, double> Weights)
{
    /// <summary>Nobody asks for anything.</summary>
    public static Demand None { get; } = new(new Dictionary<string, double>());
}
