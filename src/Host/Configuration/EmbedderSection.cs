using Engine.Options;
using Engine.Runtimes.Embed;

namespace Host.Configuration;

/// <summary>What turns objects into points.</summary>
internal sealed record EmbedderSection : ICheckedOptions
{
    /// <summary>Its name in samples and metrics. Default "embedder".</summary>
    public string Name { get; init; } = "embedder";

    /// <summary>Embeds the whole picture, with this outside the object: black, white or keep. Either this or crop.
    /// Without both, pictures are prepared as those of the index where a filter asks it, else whole on black.</summary>
    public EmbedBackground? Background { get; init; }

    /// <summary>How an object is cut out of its picture before it is embedded.</summary>
    public EmbedderCrop? Crop { get; init; }

    /// <summary>The model.</summary>
    public EmbedderOptions Model { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Background is not null && Crop is not null)
        {
            yield return new(
                nameof(Background),
                "is given beside crop; background is for the whole picture, so give one of the two");
        }
    }
}
