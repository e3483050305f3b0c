namespace Host.Metrics;

/// <summary>The labels of one series: up to four, in the order of their keys, compared without allocating.</summary>
internal readonly record struct MetricTags
{
    /// <summary>Labels a series has at most.</summary>
    public const int CountMax = 4;

    private readonly KeyValuePair<string, object?> _first, _second, _third, _fourth;

    /// <summary>Takes the labels; the same ones in another order are the same series.</summary>
    /// <param name="tags">Up to <see cref="CountMax"/>, of different keys.</param>
    public MetricTags(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Count = tags.Length;
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            int before = 0;
            foreach (KeyValuePair<string, object?> other in tags)
            {
                before += string.CompareOrdinal(other.Key, tag.Key) < 0 ? 1 : 0;
            }

            switch (before)
            {
                case 0: _first = tag; break;
                case 1: _second = tag; break;
                case 2: _third = tag; break;
                default: _fourth = tag; break;
            }
        }
    }

    public int Count { get; }

    /// <summary>The labels in the text format, without braces: <c>reason="blank",stage="generate"</c>.</summary>
    public override string ToString()
    {
        KeyValuePair<string, object?>[] all = [_first, _second, _third, _fourth];
        return string.Join(',', all.Take(Count).Select(Text));
    }

    private static string Text(KeyValuePair<string, object?> tag) =>
        $"{MetricText.Name(tag.Key)}=\"{MetricText.EscapeLabel($"{tag.Value}")}\"";
}
