namespace Engine.Runtimes.Library;

/// <summary>One picture of a library.</summary>
/// <param name="Path">Its path in the folder or archive, with slashes.</param>
/// <param name="Name">Its name in words, lower case: "red apple".</param>
/// <param name="Words">The words of its name, group and folders, lower case, singular and plural as written.</param>
public sealed record LibraryEntry(string Path, string Name, IReadOnlySet<string> Words);
