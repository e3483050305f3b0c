namespace Engine.Runtimes.Library;

/// <summary>One picture of a library.</summary>
/// <param name="Path">Its path in the folder or archive, with slashes.</param>
/// <param name="Name">Its name in words, lower case: "red apple".</param>
/// <param name="Labels">What it is said to show, each in words, lower case: name, keywords, group and folders.</param>
/// <param name="Words">The words of all its labels, singular and plural as written.</param>
public sealed record LibraryEntry(
    string Path, string Name, IReadOnlySet<string> Labels, IReadOnlySet<string> Words);
