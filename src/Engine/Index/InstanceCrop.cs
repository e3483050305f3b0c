using Engine.Crops;
using Engine.Index.Sources;
using Engine.Items;

namespace Engine.Index;

/// <summary>Cuts a real object out of its picture.</summary>
public static class InstanceCrop
{
    /// <summary>Cuts one object.</summary>
    /// <param name="picture">The whole picture, of the size the instance's image has.</param>
    /// <param name="instance">The object. Without an outline its box is taken for it, without a box the picture.
    /// </param>
    /// <param name="recipe">How.</param>
    /// <returns>The crop, maybe the picture itself; null when the box or the mask has no pixel of the picture.
    /// </returns>
    /// <exception cref="ArgumentException">The recipe is wrong, or the outline does not fit the picture.</exception>
    public static RgbImage? Cut(RgbImage picture, RealInstance instance, CropRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(instance);
        ArgumentNullException.ThrowIfNull(recipe);
        BinaryMask? mask = recipe.Outside == OutsideFill.None // Drawing one that nobody looks at takes long.
            ? null
            : instance.Segmentation?.ToMask(picture.Width, picture.Height);
        return ObjectCrop.Cut(picture, Whole(instance.Box, picture), mask, recipe);
    }

    /// <summary>The whole pixels of the picture that a box touches; empty where it touches none.</summary>
    private static Box Whole(RealBox? of, RgbImage picture)
    {
        RealBox box = of ?? new RealBox(0, 0, picture.Width, picture.Height);
        double left = Math.Clamp(Math.Floor(box.X), 0, picture.Width);
        double top = Math.Clamp(Math.Floor(box.Y), 0, picture.Height);
        double right = Math.Clamp(Math.Ceiling(box.X + box.Width), 0, picture.Width);
        double bottom = Math.Clamp(Math.Ceiling(box.Y + box.Height), 0, picture.Height);
        return new Box((int)left, (int)top, (int)(right - left), (int)(bottom - top));
    }
}
