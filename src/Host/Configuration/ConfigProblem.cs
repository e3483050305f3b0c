namespace Host.Configuration;

/// <summary>One thing that is wrong with a configuration file.</summary>
/// <param name="File">The file as it was named.</param>
/// <param name="At">Its line and column.</param>
/// <param name="Key">The key's path, such as <c>store.shard_bytes_max</c>; empty for the file itself.</param>
/// <param name="Message">The value and the bound.</param>
internal sealed record ConfigProblem(string File, ConfigPlace At, string Key, string Message)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{File}:{At.Line}:{At.Column}: {(Key.Length > 0 ? Key + ": " : "")}{Message}";
}
