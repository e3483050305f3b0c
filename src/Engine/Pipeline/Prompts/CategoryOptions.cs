namespace Engine.Pipeline.Prompts;

/// <summary>One category of the plan.</summary>
public sealed record CategoryOptions
{
    /// <summary>The name: 1 to 256 UTF-8 bytes, unique in the plan ignoring case and spacing. No default.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>What the name means, for templates. Default none.</summary>
    public string? Definition { get; init; }

    /// <summary>Share of the tries, relative to the other categories that still need some. 0.000001 to 1,000,000.
    /// Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>Accepted samples wanted. 1 to 1,000,000,000; 0 means the plan's. Default 0.</summary>
    public long Quota { get; init; }

    /// <summary>Templates of this category alone; absent: the plan's; an empty list: none. Default absent.</summary>
    public IReadOnlyList<string>? Templates { get; init; }
}
