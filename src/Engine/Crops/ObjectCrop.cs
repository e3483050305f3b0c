using Engine.Items;
using Engine.Options;
using Kernels.Pictures;

namespace Engine.Crops;

/// <summary>Cuts an object out of its picture: real ones for the index, generated ones for the embed stage.</summary>
/// <remarks>
/// Source: DiverGen (Fan et al., CVPR 2024), appendix A: boxes padded by 40 px on each side, what is outside the mask
/// replaced by a box blur of 10 x 10 px of the whole picture, which is OpenCV's blur.
/// </remarks>
public static class ObjectCrop
{
    /// <summary>Cuts one object.</summary>
    /// <param name="picture">The whole picture.</param>
    /// <param name="box">The object's box in px; what lies outside the picture is not counted.</param>
    /// <param name="mask">The object, of the picture's size; null where the box stands for it. Not looked at where
    /// nothing is put outside.</param>
    /// <param name="recipe">How.</param>
    /// <returns>The crop, maybe the picture itself; null when the box or the mask has no pixel of the picture.
    /// </returns>
    /// <exception cref="ArgumentException">The recipe is wrong, or the mask does not fit the picture.</exception>
    public static RgbImage? Cut(RgbImage picture, Box box, BinaryMask? mask, CropRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(picture);
        CheckedOptions.ThrowOnProblem(recipe, nameof(recipe));
        if (mask is not null && (mask.Width, mask.Height) != (picture.Width, picture.Height))
        {
            throw new ArgumentException(
                $"The mask is {mask.Width} x {mask.Height} px; it must be the picture's {picture.Width} x "
                + $"{picture.Height} px.",
                nameof(mask));
        }

        if (Clip(box, 0, picture) is not { } inner)
        {
            return null;
        }

        Box part = recipe.IsWhole
            ? new Box(0, 0, picture.Width, picture.Height)
            : Clip(inner, recipe.PaddingPx, picture)!.Value;
        if (recipe.Outside == OutsideFill.None)
        {
            return recipe.IsWhole ? picture : new RgbImage(part.Width, part.Height, Copy(picture, part));
        }

        if (mask is not null && mask.Values.AsSpan().IndexOfAnyExcept((byte)0) < 0)
        {
            return null;
        }

        byte[] crop = Copy(picture, part);
        Fill(crop, Outside(picture, part, recipe), part, (inner, mask));
        return new RgbImage(part.Width, part.Height, crop);
    }

    /// <summary>The box and the padding, as far as they lie in the picture.</summary>
    private static Box? Clip(Box box, int paddingPx, RgbImage picture)
    {
        int left = Math.Max(box.X - paddingPx, 0);
        int top = Math.Max(box.Y - paddingPx, 0);
        int right = (int)Math.Min((long)box.X + box.Width + paddingPx, picture.Width);
        int bottom = (int)Math.Min((long)box.Y + box.Height + paddingPx, picture.Height);
        return right > left && bottom > top ? new Box(left, top, right - left, bottom - top) : null;
    }

    private static byte[] Copy(RgbImage picture, Box part)
    {
        byte[] crop = new byte[part.Width * part.Height * 3];
        for (int y = 0; y < part.Height; y++)
        {
            picture.Pixels.AsSpan((((part.Y + y) * picture.Width) + part.X) * 3, part.Width * 3)
                .CopyTo(crop.AsSpan(y * part.Width * 3));
        }

        return crop;
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

    private static void Fill(byte[] crop, byte[] outside, Box part, (Box Box, BinaryMask? Mask) item)
    {
        (Box box, BinaryMask? mask) = item;
        for (int y = 0, at = 0; y < part.Height; y++)
        {
            for (int x = 0; x < part.Width; x++, at += 3)
            {
                (int column, int row) = (part.X + x, part.Y + y);
                bool isObject = mask is not null
                    ? mask.Values[(row * mask.Width) + column] != 0
                    : column >= box.X && column < box.X + box.Width && row >= box.Y && row < box.Y + box.Height;
                if (!isObject)
                {
                    outside.AsSpan(at, 3).CopyTo(crop.AsSpan(at));
                }
            }
        }
    }
}
