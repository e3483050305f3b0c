namespace Host.Configuration;

/// <summary>One value of a file.</summary>
/// <param name="At">Where it starts.</param>
internal abstract record ConfigNode(ConfigPlace At);
