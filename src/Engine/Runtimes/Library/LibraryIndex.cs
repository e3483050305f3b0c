namespace Engine.Runtimes.Library;

/// <summary>Finds pictures by category and by the words of a prompt.</summary>
internal sealed class LibraryIndex
{
    private readonly Dictionary<string, List<LibraryEntry>> _byWord = new(StringComparer.Ordinal);

    public LibraryIndex(IReadOnlyList<LibraryEntry> entries)
    {
        Entries = entries;
        foreach (LibraryEntry entry in entries)
        {
            foreach (string word in entry.Words)
            {
                (_byWord.TryGetValue(word, out List<LibraryEntry>? with) ? with : _byWord[word] = []).Add(entry);
            }
        }
    }

    public IReadOnlyList<LibraryEntry> Entries { get; }

    /// <summary>The entries that show a category, in the library's order; narrowed by the prompt where it can
    /// be.</summary>
    /// <remarks>(1) Those whose words hold all of the category's; (2) of these, those whose longer name the prompt
    /// spells out ("a small airplane"), the longest name first; else (3) those that are called just like the category,
    /// by name, keyword or folder, so that a "dog" is no hot dog, or all of them when none is; (4) of these, those
    /// whose names share the most telling words with the prompt: "an apple, green and shiny" picks the green apple.
    /// </remarks>
    public IReadOnlyList<LibraryEntry> Find(string category, string prompt)
    {
        string[] wanted = [.. LibraryText.WordsOf(category)];
        if (wanted.Length == 0 || !_byWord.TryGetValue(wanted[0], out List<LibraryEntry>? first))
        {
            return [];
        }

        string plainCategory = string.Join(' ', wanted);
        string plainPrompt = LibraryText.Plain(prompt);
        LibraryEntry[] candidates = [.. first.Where(entry => wanted.All(entry.Words.Contains))];
        LibraryEntry[] spelled = [.. candidates.Where(entry => entry.Name.Length > plainCategory.Length
            && LibraryText.HoldsPhrase(entry.Name, plainCategory) && LibraryText.HoldsPhrase(plainPrompt, entry.Name))];
        if (spelled.Length > 0)
        {
            int longest = spelled.Max(entry => entry.Name.Length);
            return [.. spelled.Where(entry => entry.Name.Length == longest)];
        }

        LibraryEntry[] called = [.. candidates.Where(entry => entry.Labels.Contains(plainCategory))];
        return Narrow(called.Length > 0 ? called : candidates, [.. LibraryText.TellingWords(prompt).Except(wanted)]);
    }

    private static LibraryEntry[] Narrow(LibraryEntry[] candidates, HashSet<string> telling)
    {
        int Shared(LibraryEntry entry) => LibraryText.WordsOf(entry.Name).Count(telling.Contains);
        int most = candidates.Length == 0 ? 0 : candidates.Max(Shared);
        return most == 0 ? candidates : [.. candidates.Where(entry => Shared(entry) == most)];
    }
}
