using Engine.Index.Sources;
using Engine.Items;

namespace Engine.Runtimes.CopyPaste;

/// <summary>A real picture with its objects, as the data set has them.</summary>
/// <param name="Group">The picture's name and objects.</param>
/// <param name="Image">Its pixels.</param>
internal sealed record Background(RealGroup Group, RgbImage Image)
{
    /// <summary>An object's mask; its box where the data set has no outline.</summary>
    public BinaryMask MaskOf(RealInstance instance)
    {
        if (instance.Segmentation is { } outline)
        {
            return outline.ToMask(Image.Width, Image.Height);
        }

        byte[] mask = new byte[Image.Width * Image.Height];
        RealBox box = instance.Box ?? new RealBox(0, 0, Image.Width, Image.Height);
        int left = (int)Math.Clamp(Math.Floor(box.X), 0, Image.Width);
        int right = (int)Math.Clamp(Math.Ceiling(box.X + box.Width), left, Image.Width);
        int bottom = (int)Math.Clamp(Math.Ceiling(box.Y + box.Height), 0, Image.Height);
        for (int y = (int)Math.Clamp(Math.Floor(box.Y), 0, Image.Height); y < bottom; y++)
        {
            mask.AsSpan((y * Image.Width) + left, right - left).Fill(1);
        }

        return new BinaryMask(Image.Width, Image.Height, mask);
    }
}
