namespace Host.Configuration;

/// <summary>One key of a mapping.</summary>
/// <param name="At">Where the key starts.</param>
/// <param name="Key">The key, as written.</param>
/// <param name="Value">Its value.</param>
internal sealed record ConfigEntry(ConfigPlace At, string Key, ConfigNode Value);
