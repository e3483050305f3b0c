using Engine.Index.Sources;
using Engine.Items;
using Engine.Options;
using Kernels.Pictures;

namespace Engine.Index.Crops;

/// <summary>Cuts an object out of its picture.</summary>
/// <remarks>
/// Source: DiverGen (Fan et al., CVPR 2024), appendix A: boxes padded by 40 px on each side, what is outside the mask
/// replaced by a box blur of 10 x 10 px of the whole picture, which is OpenCV's blur.
/// </remarks>
public static class InstanceCrop
{
    /// <summary>Cuts one object.</summary>
    /// <param name="picture">The whole picture, of the size the instance's image has.</param>
    /// <param name="instance">The object. Without an outline its box is taken for it.</param>
    /// <param name="recipe">How.</param>
    /// <returns>The crop, a new picture; null when the box or the mask has no pixel of the picture.</returns>
    /// <exception cref="ArgumentException">The recipe is wrong, or the outline does not fit the picture.</exception>
    public static RgbImage? Cut(RgbImage picture, RealInstance instance, CropRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(instance);
        CheckedOptions.ThrowOnProblem(recipe, nameof(recipe));
        RealBox box = instance.Box ?? new RealBox(0, 0, picture.Width, picture.Height);
        if (Clip(box, 0, picture) is not { } inner || Clip(box, recipe.PaddingPx, picture) is not { } part)
        {
            return null;
        }

        byte[] crop = new byte[part.Width * part.Height * 3];
        Copy(picture, part, crop);
        if (recipe.Outside == OutsideFill.None)
        {
            return new RgbImage(part.Width, part.Height, crop);
        }

        byte[]? mask = instance.Segmentation?.ToMask(picture.Width, picture.Height).Values;
        if (mask is not null && mask.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            return null;
        }

        byte[] outside = Outside(picture, part, recipe);
        for (int y = 0, at = 0; y < part.Height; y++)
        {
            for (int x = 0; x < part.Width; x++, at += 3)
            {
                (int column, int row) = (part.X + x, part.Y + y);
                bool isObject = mask is not null
                    ? mask[(row * picture.Width) + column] != 0
                    : column >= inner.X && column < inner.X + inner.Width
                        && row >= inner.Y && row < inner.Y + inner.Height;
                if (!isObject)
                {
                    outside.AsSpan(at, 3).CopyTo(crop.AsSpan(at));
                }
            }
        }

        return new RgbImage(part.Width, part.Height, crop);
    }

    // Whole pixels that the box touches; then the padding; then what of it lies in the picture.
    private static Box? Clip(RealBox box, int paddingPx, RgbImage picture)
    {
        double left = Math.Max(Math.Floor(box.X) - paddingPx, 0);
        double top = Math.Max(Math.Floor(box.Y) - paddingPx, 0);
        double right = Math.Min(Math.Ceiling(box.X + box.Width) + paddingPx, picture.Width);
        double bottom = Math.Min(Math.Ceiling(box.Y + box.Height) + paddingPx, picture.Height);
        return right > left && bottom > top
            ? new Box((int)left, (int)top, (int)(right - left), (int)(bottom - top))
            : null;
    }

    private static void Copy(RgbImage picture, Box part, byte[] crop)
    {
        for (int y = 0; y < part.Height; y++)
        {
            picture.Pixels.AsSpan((((part.Y + y) * picture.Width) + part.X) * 3, part.Width * 3)
                .CopyTo(crop.AsSpan(y * part.Width * 3));
        }
    }

    private static byte[] Outside(RgbImage picture, Box part, CropRecipe recipe)
    {
        byte[] outside = new byte[part.Width * part.Height * 3];
        if (recipe.Outside == OutsideFill.White)
        {
            outside.AsSpan().Fill(255);
        }
        else if (recipe.Outside == OutsideFill.Blur)
        {
            BoxBlur.Run(
                picture.Pixels,
                (picture.Width, picture.Height, 3),
                recipe.BlurPx,
                (part.X, part.Y, part.Width, part.Height),
                outside);
        }

        return outside;
    }
}
