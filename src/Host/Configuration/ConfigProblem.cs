namespace Host.Configuration;

/// <summary>One thing that is wrong with a configuration file.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Key">The key's path, such as <c>store.shard_bytes_max</c>; empty for the file itself.</param>
/// <param name="Message">The value and the bound.</param>
internal sealed record ConfigProblem(string File, long Line, long Column, string Key, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{File}:{Line}:{Column}: {(Key.Length > 0 ? Key + " " : "")}{Message}";
}
