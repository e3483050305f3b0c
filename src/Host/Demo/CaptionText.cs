namespace Host.Demo;

/// <summary>Breaks a caption into the lines that fit under a sample.</summary>
internal static class CaptionText
{
    private const string Cut = "...";

    /// <summary>Breaks at spaces where it can; what does not fit ends in dots.</summary>
    /// <param name="caption">The caption; line breaks in it count as spaces.</param>
    /// <param name="charactersALine">Characters a line holds, at least 4.</param>
    /// <param name="linesMax">Lines at most, at least 1.</param>
    /// <returns>The lines, none longer than <paramref name="charactersALine"/>.</returns>
    public static IReadOnlyList<string> Lines(string caption, int charactersALine, int linesMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(charactersALine, Cut.Length + 1);
        string rest = string.Join(' ', caption.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        List<string> lines = [];
        while (rest.Length > charactersALine && lines.Count < linesMax - 1)
        {
            // A space just behind the last character is a good place too, so one more is looked at.
            int space = rest.LastIndexOf(' ', charactersALine);
            int until = space > 0 ? space : charactersALine;
            lines.Add(rest[..until]);
            rest = rest[until..].TrimStart();
        }

        lines.Add(rest.Length <= charactersALine ? rest : rest[..(charactersALine - Cut.Length)] + Cut);
        return lines;
    }
}
