namespace Engine.Index;

/// <summary>Where real pictures come from.</summary>
/// <param name="Name">For people: the file or folder.</param>
/// <param name="Categories">Id, name and LVIS's frequency group of each category.</param>
/// <param name="Items">Gives the pictures, the same in the same order each time, so that a build can go on.</param>
/// <param name="Count">How many there are, for the progress; null where that is not known before.</param>
public sealed record IndexSource(
    string Name, IReadOnlyList<(long Id, string Name, string? Frequency)> Categories,
    Func<CancellationToken, IAsyncEnumerable<IndexItem>> Items, long? Count);
