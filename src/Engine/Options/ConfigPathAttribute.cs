namespace Engine.Options;

/// <summary>Marks a text as a path: a relative one is meant from the configuration file's folder.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigPathAttribute : Attribute;
