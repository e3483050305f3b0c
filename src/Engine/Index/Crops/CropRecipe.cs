using Engine.Options;

namespace Engine.Index.Crops;

/// <summary>How an object is cut out of its picture before it is embedded. Default: as DiverGen does.</summary>
public sealed record CropRecipe : ICheckedOptions
{
    /// <summary>Pixels added to the box on each side, then clipped to the picture. 0 to 4096. Default 40.</summary>
    public int PaddingPx { get; init; } = 40;

    /// <summary>What stands outside the object. Default <see cref="OutsideFill.Blur"/>.</summary>
    public OutsideFill Outside { get; init; } = OutsideFill.Blur;

    /// <summary>Side of the square whose mean is the blur. 1 to 256. Default 10.</summary>
    public int BlurPx { get; init; } = 10;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (PaddingPx is < 0 or > 4096)
        {
            yield return new(nameof(PaddingPx), $"is {PaddingPx}; it must be 0 to 4096 px");
        }

        if (!Enum.IsDefined(Outside))
        {
            yield return new(nameof(Outside), $"is {Outside}; it must be Blur, Black, White or None");
        }

        if (BlurPx is < 1 or > 256)
        {
            yield return new(nameof(BlurPx), $"is {BlurPx}; it must be 1 to 256 px");
        }
    }
}
