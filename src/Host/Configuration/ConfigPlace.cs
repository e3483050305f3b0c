namespace Host.Configuration;

/// <summary>A place in a configuration file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
internal readonly record struct ConfigPlace(long Line, long Column)
{
    /// <summary>Where the file starts: the place of what concerns the whole of it.</summary>
    public static ConfigPlace Start { get; } = new(1, 1);
}
