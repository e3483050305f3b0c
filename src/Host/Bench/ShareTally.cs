namespace Host.Bench;

/// <summary>Shares of yes among all, by what is asked, in the order in which it was first asked.</summary>
internal sealed class ShareTally
{
    private readonly Dictionary<(string Row, string Column), (long Yes, long All)> _counts = [];

    /// <summary>Counts an answer.</summary>
    public void Add(string row, string column, bool yes)
    {
        (long yesses, long all) = _counts.GetValueOrDefault((row, column));
        _counts[(row, column)] = (yesses + (yes ? 1 : 0), all + 1);
    }

    /// <summary>Prints a line a row.</summary>
    /// <param name="columns">The columns, in order; one that was not asked is a dash.</param>
    /// <param name="writer">Where to.</param>
    public void Print(IReadOnlyList<string> columns, TextWriter writer)
    {
        writer.WriteLine($"{"",-44}{string.Concat(columns.Select(column => $"{column,12}"))}");
        foreach (string row in _counts.Keys.Select(key => key.Row).Distinct())
        {
            string cells = string.Concat(columns.Select(column => _counts.TryGetValue((row, column), out var count)
                ? $"{(double)count.Yes / count.All,12:P1}"
                : $"{"-",12}"));
            writer.WriteLine($"{row,-44}{cells}");
        }
    }
}
