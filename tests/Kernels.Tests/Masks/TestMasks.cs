using FsCheck;
using FsCheck.Fluent;

namespace Kernels.Tests.Masks;

/// <summary>Masks that are hard on mask kernels: the smallest sizes, and shapes with many or winding parts.</summary>
internal static class TestMasks
{
    private static readonly (int Width, int Height)[] Sizes =
        [(1, 1), (1, 2), (2, 1), (1, 17), (17, 1), (2, 2), (3, 3), (5, 4), (8, 8), (31, 9), (33, 64)];

    private static readonly Func<int, int, int, int, bool>[] Patterns =
    [
        (_, _, _, _) => false,
        (_, _, _, _) => true,
        (x, y, _, _) => (x + y) % 2 == 0,
        (x, y, _, _) => (x + y) % 2 == 1,
        (x, y, _, _) => x == y,
        (x, _, _, _) => x % 2 == 0,
        (_, y, _, _) => y % 3 == 0,
        (x, y, width, height) => x == 0 || y == 0 || x == width - 1 || y == height - 1,
        (x, y, width, height) => x > 0 && y > 0 && x < width - 1 && y < height - 1,
        (x, y, width, height) => Math.Min(Math.Min(x, y), Math.Min(width - 1 - x, height - 1 - y)) % 2 == 0,
        Spiral,
    ];

    /// <summary>Every pattern in every size.</summary>
    public static IEnumerable<TestMask> Adversarial =>
        from size in Sizes
        from pattern in Patterns
        select TestMask.Of(size.Width, size.Height, (x, y) => pattern(x, y, size.Width, size.Height));

    /// <summary>Random masks: any density, blobs and noise, up to 40 x 40; and the adversarial ones.</summary>
    public static Arbitrary<TestMask> Arbitrary => Arb.From(Gen.Frequency(
        (3, Noise()), (2, Blobs()), (1, Gen.Elements(Adversarial.ToArray()))));

    private static Gen<TestMask> Noise() =>
        from width in Gen.Choose(1, 40)
        from height in Gen.Choose(1, 40)
        from percent in Gen.Choose(0, 100)
        from dice in Gen.ArrayOf(Gen.Choose(0, 99), width * height)
        select TestMask.Of(width, height, (x, y) => dice[(y * width) + x] < percent);

    private static Gen<TestMask> Blobs() =>
        from width in Gen.Choose(1, 40)
        from height in Gen.Choose(1, 40)
        from spots in Gen.ArrayOf(Gen.Choose(0, 39), 15)
        select TestMask.Of(width, height, (x, y) => Enumerable.Range(0, 5).Count(spot =>
            Math.Abs(x - spots[3 * spot]) + Math.Abs(y - spots[(3 * spot) + 1]) <= spots[(3 * spot) + 2] / 3) % 2 == 1);

    // One path of 1s that winds inwards with a path of 0s beside it: the longest chain of joins for its area.
    private static bool Spiral(int x, int y, int width, int height)
    {
        int ring = Math.Min(Math.Min(x, y), Math.Min(width - 1 - x, height - 1 - y));
        bool onWall = ring % 2 == 0;
        bool atGate = x == ring && y == ring + 1;
        return onWall != atGate;
    }
}
