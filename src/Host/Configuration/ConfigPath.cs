namespace Host.Configuration;

/// <summary>A path that a configuration names.</summary>
/// <param name="Key">The key's path.</param>
/// <param name="Value">The path, absolute.</param>
/// <param name="IsOutput">Whether it is written to rather than read.</param>
internal sealed record ConfigPath(string Key, string Value, bool IsOutput);
