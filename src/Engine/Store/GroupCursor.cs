namespace Engine.Store;

/// <summary>How far one rank of a consumer group has acknowledged.</summary>
/// <param name="Group">The group's name; 1 to 256 characters.</param>
/// <param name="Rank">The rank, from 0 and below <paramref name="World"/>.</param>
/// <param name="World">Ranks in the group, at least 1.</param>
/// <param name="Position">Last position acknowledged in the group's order; 0 for none.</param>
/// <param name="ShuffleWindow">The order's window, the same for all ranks; 0 for the order of sequences.</param>
/// <param name="ShuffleSeed">The order's seed, from 0; 0 without a window.</param>
public readonly record struct GroupCursor(
    string Group, int Rank, int World, long Position, int ShuffleWindow = 0, long ShuffleSeed = 0);
