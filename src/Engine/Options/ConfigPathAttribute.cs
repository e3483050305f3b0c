namespace Engine.Options;

/// <summary>Marks a text as a path: a relative one is meant from the configuration file's folder.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigPathAttribute : Attribute
{
    /// <summary>True for a folder that is written to and made when absent; false for what must be there to be read.
    /// </summary>
    public bool IsOutput { get; init; }
}
