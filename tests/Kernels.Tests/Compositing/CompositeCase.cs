using FsCheck;
using FsCheck.Fluent;
using Kernels.Compositing;
using Kernels.Masks;

namespace Kernels.Tests.Compositing;

/// <summary>A picture with objects and pastes, made from a seed; shown when a property fails on it.</summary>
internal sealed record CompositeCase(int Width, int Height, int Objects, int Pastes, int Seed)
{
    /// <summary>Random small composites: pastes enlarged, shrunk, mirrored, half outside, feathered, faint.</summary>
    public static Arbitrary<CompositeCase> Arbitrary => Arb.From(
        from width in Gen.Choose(1, 70)
        from height in Gen.Choose(1, 40)
        from objects in Gen.Choose(0, 3)
        from pastes in Gen.Choose(0, 5)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new CompositeCase(width, height, objects, pastes, seed));

    /// <summary>The arguments of a call, of one's own.</summary>
    public CompositeInput Make()
    {
        Random random = new(Seed);
        byte[] picture = new byte[Width * Height * 3];
        random.NextBytes(picture);
        List<byte> cutouts = [];
        Paste[] pastes = new Paste[Pastes];
        for (int i = 0; i < Pastes; i++)
        {
            (int width, int height) = (random.Next(1, 24), random.Next(1, 24));
            pastes[i] = new Paste(
                cutouts.Count / 4, width, height, random.Next(-20, Width + 5), random.Next(-20, Height + 5),
                random.Next(1, 60), random.Next(1, 40), random.Next(2) == 0,
                random.Next(3) == 0 ? random.Next(0, 257) : 256, random.Next(2) * random.Next(0, 9));
            cutouts.AddRange(Cutout(random, width, height));
        }

        uint[] objects = new uint[Objects * Height * MaskBits.Words(Width)];
        int plane = Height * MaskBits.Words(Width);
        for (int i = 0; i < Objects; i++)
        {
            byte[] mask = new byte[Width * Height];
            mask.AsSpan(random.Next(mask.Length)).Fill(1);
            MaskBits.Pack(mask, Width, Height, objects.AsSpan(i * plane, plane));
        }

        return new CompositeInput(
            picture, Width, Height, [.. cutouts], pastes, objects, new uint[(Objects + Pastes) * plane],
            new CompositeRecord[Objects + Pastes]);
    }

    // Noise, or a disc with a soft edge: both extremes of alpha and all between.
    private static byte[] Cutout(Random random, int width, int height)
    {
        byte[] pixels = new byte[width * height * 4];
        random.NextBytes(pixels);
        bool disc = random.Next(2) == 0;
        for (int i = 0; disc && i < width * height; i++)
        {
            (double x, double y) = ((i % width) - (width / 2.0), (i / width) - (height / 2.0));
            double distance = Math.Sqrt((x * x) + (y * y));
            pixels[(4 * i) + 3] = (byte)Math.Clamp((Math.Min(width, height) * 80.0) - (distance * 160), 0, 255);
        }

        return pixels;
    }
}
