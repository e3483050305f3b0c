namespace Engine.Runtimes.Library;

/// <summary>What a json of names says of one picture.</summary>
/// <param name="Name">Its name as written.</param>
/// <param name="Labels">Its keywords and its group as written.</param>
internal sealed record LibraryName(string Name, IReadOnlyList<string> Labels);
