using Engine.Index.Sources;
using Engine.Items;
using Kernels.Compositing;
using Kernels.Masks;

namespace Engine.Runtimes.CopyPaste;

/// <summary>Pastes cut-outs on a real picture and says what is seen of every object then.</summary>
/// <param name="composite">The kernel; owned by the caller.</param>
/// <param name="options">Valid options.</param>
internal sealed class Composer(IComposite composite, CopyPasteOptions options)
{
    private readonly Lock _turn = new(); // Guards the kernel: one call at a time.

    /// <summary>Composes.</summary>
    /// <param name="background">The picture; not changed.</param>
    /// <param name="placed">The cut-outs; the later lies above the earlier.</param>
    public ComposedPicture Run(Background background, IReadOnlyList<PlacedCutOut> placed)
    {
        (int width, int height) = (background.Image.Width, background.Image.Height);
        IReadOnlyList<RealInstance> real = background.Group.Instances;
        int plane = height * MaskBits.Words(width);
        byte[] picture = [.. background.Image.Pixels];
        uint[] objects = new uint[real.Count * plane];
        for (int i = 0; i < real.Count; i++)
        {
            MaskBits.Pack(background.MaskOf(real[i]).Values, width, height, objects.AsSpan(i * plane, plane));
        }

        (byte[] cutOuts, Paste[] pastes) = Pastes(placed);
        CompositeRecord[] records = new CompositeRecord[real.Count + placed.Count];
        uint[] bits = new uint[records.Length * plane];
        lock (_turn)
        {
            composite.Run(picture, width, height, cutOuts, pastes, objects, bits, records);
        }

        List<ComposedObject> seen = [];
        byte[] mask = new byte[width * height];
        for (int i = 0; i < records.Length; i++)
        {
            if (IsSeen(records[i]))
            {
                MaskBits.Unpack(bits.AsSpan(i * plane, plane), width, height, mask);
                bool isReal = i < real.Count;
                seen.Add(new ComposedObject(
                    isReal ? real[i] : null, isReal ? null : placed[i - real.Count], records[i],
                    CocoRle.Encode(mask, width, height)));
            }
        }

        return new ComposedPicture(
            background, new RgbImage(width, height, picture), seen, records.Length - seen.Count);
    }

    /// <summary>Whether an object stays annotated: nothing hides it, its box has hardly moved, or enough is left.
    /// </summary>
    private bool IsSeen(in CompositeRecord of)
    {
        int moved = Math.Max(
            Math.Max(Math.Abs(of.Left - of.WholeLeft), Math.Abs(of.Top - of.WholeTop)),
            Math.Max(
                Math.Abs(of.Left + of.Width - of.WholeLeft - of.WholeWidth),
                Math.Abs(of.Top + of.Height - of.WholeTop - of.WholeHeight)));
        return of.AreaPx > 0
            && (of.AreaPx == of.WholeAreaPx || moved <= options.EdgeMovedMaxPx || of.AreaPx > options.SeenMinPx);
    }

    private (byte[] CutOuts, Paste[] Pastes) Pastes(IReadOnlyList<PlacedCutOut> placed)
    {
        byte[] pixels = new byte[placed.Sum(one => one.CutOut.Alpha.Length) * 4];
        Paste[] pastes = new Paste[placed.Count];
        int offset = 0;
        for (int i = 0; i < placed.Count; i++)
        {
            PlacedCutOut one = placed[i];
            one.CutOut.CopyTo(pixels.AsSpan(offset * 4, one.CutOut.Alpha.Length * 4));
            pastes[i] = new Paste(
                offset, one.CutOut.Image.Width, one.CutOut.Image.Height, one.Left, one.Top, one.Width, one.Height,
                one.Mirrored, Composite.Whole, options.FeatherPx);
            offset += one.CutOut.Alpha.Length;
        }

        return (pixels, pastes);
    }
}
