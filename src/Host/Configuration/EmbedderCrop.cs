using Engine.Crops;
using Engine.Options;

namespace Host.Configuration;

/// <summary>How an object is cut out of its picture before it is embedded.</summary>
internal sealed record EmbedderCrop : ICheckedOptions
{
    /// <summary>explicit: by the three keys below. index: as the pictures of the index that a filter asks, which is
    /// what holds without this section too. divergen: the reference's asymmetry, the whole picture and black outside
    /// the object, whatever the index's pictures had. Default explicit.</summary>
    public EmbedderRecipe Recipe { get; init; }

    /// <summary>Px added to the object's box on each side, then clipped to the picture. 0 to 4096; 40 where it is not
    /// given.</summary>
    public int? PaddingPx { get; init; }

    /// <summary>What stands outside the object: blur, black, white or none, which is the picture; blur where it is not
    /// given.</summary>
    public OutsideFill? Outside { get; init; }

    /// <summary>Side in px of the square whose mean is the blur. 1 to 256; 10 where it is not given.</summary>
    public int? BlurPx { get; init; }

    /// <summary>What the three keys state.</summary>
    public CropRecipe Stated()
    {
        CropRecipe usual = new();
        return new()
        {
            PaddingPx = PaddingPx ?? usual.PaddingPx, Outside = Outside ?? usual.Outside,
            BlurPx = BlurPx ?? usual.BlurPx,
        };
    }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Enum.IsDefined(Recipe))
        {
            yield return new(nameof(Recipe), $"is {Recipe}; it must be explicit, index or divergen");
        }
        else if (Recipe != EmbedderRecipe.Explicit && (PaddingPx, Outside, BlurPx) is not (null, null, null))
        {
            yield return new(
                nameof(Recipe),
                $"is {Recipe.ToString().ToLowerInvariant()}, which says it all; padding_px, outside and blur_px need "
                + "explicit");
        }

        foreach (OptionProblem problem in Stated().Problems())
        {
            yield return problem;
        }
    }
}
