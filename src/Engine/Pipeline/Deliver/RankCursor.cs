namespace Engine.Pipeline.Deliver;

/// <summary>How far one rank of a consumer group has acknowledged.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Share">The rank and its world.</param>
/// <param name="Order">The group's order, which positions belong to.</param>
/// <param name="Position">Everything of the share up to here was acknowledged; 0 for nothing.</param>
public readonly record struct RankCursor(string Group, RankShare Share, DeliveryOrder Order, long Position);
