namespace Host.Configuration;

/// <summary>A list of values.</summary>
/// <param name="At">Where it starts.</param>
/// <param name="Items">The values.</param>
internal sealed record ConfigList(ConfigPlace At, IReadOnlyList<ConfigNode> Items) : ConfigNode(At);
