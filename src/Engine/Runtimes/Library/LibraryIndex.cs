namespace Engine.Runtimes.Library;

/// <summary>Finds pictures by category and by the words of a prompt.</summary>
internal sealed class LibraryIndex(IReadOnlyList<LibraryEntry> entries)
{
    public IReadOnlyList<LibraryEntry> Entries => entries;

    /// <summary>The entries that show a category, in the library's order; narrowed by the prompt where it can
    /// be.</summary>
    /// <remarks>(1) Those named like the category and those whose words hold all of its words; (2) of these, those that
    /// share the most words with the prompt beyond the category's own: "green" picks the green apple.</remarks>
    public IReadOnlyList<LibraryEntry> Find(string category, string prompt)
    {
        string[] wanted = [.. LibraryNames.WordsOf(category)];
        if (wanted.Length == 0)
        {
            return [];
        }

        LibraryEntry[] candidates = [.. entries.Where(entry => wanted.All(entry.Words.Contains))];
        HashSet<string> extra = [.. LibraryNames.WordsOf(prompt).Except(wanted)];
        int Shared(LibraryEntry entry) => LibraryNames.WordsOf(entry.Name).Count(extra.Contains);
        int most = candidates.Length == 0 ? 0 : candidates.Max(Shared);
        return most == 0 ? candidates : [.. candidates.Where(entry => Shared(entry) == most)];
    }
}
