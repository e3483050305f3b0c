namespace Host.Configuration;

/// <summary>Keys with their values.</summary>
/// <param name="At">Where it starts.</param>
/// <param name="Entries">The keys in the order of the file, each once.</param>
internal sealed record ConfigMapping(ConfigPlace At, IReadOnlyList<ConfigEntry> Entries) : ConfigNode(At);
