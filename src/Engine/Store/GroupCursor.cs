namespace Engine.Store;

/// <summary>How far one rank of a consumer group has acknowledged.</summary>
/// <param name="Group">The group's name; 1 to 256 characters.</param>
/// <param name="Rank">The rank, from 0 and below <paramref name="World"/>.</param>
/// <param name="World">Ranks in the group, at least 1.</param>
/// <param name="Sequence">Last sequence acknowledged; 0 for none.</param>
public readonly record struct GroupCursor(string Group, int Rank, int World, long Sequence);
