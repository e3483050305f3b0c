using FsCheck;
using FsCheck.Fluent;
using Kernels.Masks;

namespace Kernels.Tests.Masks;

/// <summary>A batch for a mask chain; shown with its seed when a property fails on it.</summary>
internal sealed record MaskChainCase(
    int Pictures, int Width, int Height, int TargetWidth, int TargetHeight, MaskChainOptions Options, int Seed)
{
    /// <summary>Random batches of small pictures, enlarged, shrunk and kept, with every option.</summary>
    public static Arbitrary<MaskChainCase> Arbitrary => Arb.From(
        from pictures in Gen.Choose(1, 4)
        from width in Gen.Choose(1, 40)
        from height in Gen.Choose(1, 20)
        from targetWidth in Gen.Choose(1, 140)
        from targetHeight in Gen.Choose(1, 60)
        from erode in Gen.Choose(-6, 6)
        from switches in Gen.Choose(0, 7)
        from threshold in Gen.Choose(-12, 12)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new MaskChainCase(
            pictures, width, height, targetWidth, targetHeight,
            new MaskChainOptions
            {
                ErodePx = Math.Abs(erode) > 4 ? 0 : erode,
                Threshold = threshold,
                Invert = (switches & 1) != 0,
                LargestOnly = (switches & 2) == 0,
                FillHoles = (switches & 4) == 0,
            },
            seed));

    /// <summary>Every adversarial mask as logits of its own size: 1 for what is set, -1 for the rest.</summary>
    public static IEnumerable<(MaskChainCase Case, float[] Logits)> Adversarial => TestMasks.Adversarial.Select(mask =>
    {
        MaskChainCase one = new(1, mask.Width, mask.Height, mask.Width, mask.Height, new MaskChainOptions(), 0);
        return (one, Array.ConvertAll(mask.Values, value => (value * 2f) - 1));
    });

    public int Words => TargetHeight * MaskBits.Words(TargetWidth);

    /// <summary>Logits of -20 to 20: noise, or slopes that make few large parts, picture by picture.</summary>
    public float[] Logits()
    {
        Random random = new(Seed);
        float[] values = new float[Pictures * Width * Height];
        for (int picture = 0; picture < Pictures; picture++)
        {
            (double scale, double x, double y) = (random.NextDouble(), random.NextDouble(), random.NextDouble());
            for (int i = 0; i < Width * Height; i++)
            {
                double wave = Math.Sin(((i % Width) * x) + ((i / Width) * y)) * Math.Cos((i % Width) * y);
                double noise = (random.NextDouble() * 2) - 1;
                values[(picture * Width * Height) + i] = (float)(20 * ((scale * wave) + ((1 - scale) * noise)));
            }
        }

        return values;
    }
}
