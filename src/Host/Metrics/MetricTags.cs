namespace Host.Metrics;

/// <summary>The labels of one series: up to four, compared without allocating.</summary>
internal readonly record struct MetricTags
{
    private readonly KeyValuePair<string, object?> _first, _second, _third, _fourth;

    public MetricTags(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length > 4)
        {
            throw new ArgumentException($"A series has {tags.Length} labels; at most 4 are kept.");
        }

        Count = tags.Length;
        _first = tags.Length > 0 ? tags[0] : default;
        _second = tags.Length > 1 ? tags[1] : default;
        _third = tags.Length > 2 ? tags[2] : default;
        _fourth = tags.Length > 3 ? tags[3] : default;
    }

    public int Count { get; }

    /// <summary>The labels in the text format, without braces: <c>stage="generate",reason="blank"</c>.</summary>
    public override string ToString()
    {
        KeyValuePair<string, object?>[] all = [_first, _second, _third, _fourth];
        return string.Join(',', all.Take(Count).OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(Text));
    }

    private static string Text(KeyValuePair<string, object?> tag) =>
        $"{MetricText.Name(tag.Key)}=\"{MetricText.EscapeLabel($"{tag.Value}")}\"";
}
