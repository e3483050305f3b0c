using Engine.Pipeline.Filter;
using Engine.Runtimes.Embed;

namespace Host.Configuration;

/// <summary>What turns objects into points.</summary>
internal sealed record EmbedderSection
{
    /// <summary>Its name in samples and metrics. Default "embedder".</summary>
    public string Name { get; init; } = "embedder";

    /// <summary>What stands outside the object: black, white or keep. Default black.</summary>
    public EmbedBackground Background { get; init; }

    /// <summary>The model.</summary>
    public EmbedderOptions Model { get; init; } = new();
}
