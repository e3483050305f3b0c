using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Library;

namespace Engine.Tests.Runtimes.Library;

/// <summary>Goal: the picture is the object over white by its alpha, in the share of the side that was asked for.
/// </summary>
public sealed class LibraryComposerTests
{
    private static readonly LibraryEntry Entry = LibraryNames.None.Entry("thing.png");

    [Fact]
    public void Black_object_over_white_is_exactly_what_alpha_leaves_of_white()
    {
        byte[] alpha = new byte[90 * 60];
        new Random(5).NextBytes(alpha);
        RgbImage black = new(90, 60, new byte[90 * 60 * 3]);

        LibraryComposition made = LibraryComposer.Compose(
            Entry, black, alpha, new() { PictureSidePx = 128, RotationMaxDegrees = 45 }, seed: 3);

        for (int i = 0; i < made.Image.Pixels.Length; i++)
        {
            Assert.InRange(made.Image.Pixels[i] + made.Alpha[i / 3], 254, 256);
        }
    }

    [Fact]
    public void Colours_under_clear_pixels_never_show()
    {
        byte[] alpha = [.. Enumerable.Range(0, 64 * 64).Select(i => (byte)(i % 64 is >= 16 and < 48 ? 255 : 0))];
        byte[] pixels = [.. alpha.SelectMany(value => value == 255 ? new byte[] { 255, 255, 0 } : [0, 0, 255])];

        LibraryComposition made = LibraryComposer.Compose(
            Entry, new RgbImage(64, 64, pixels), alpha, new() { PictureSidePx = 200 }, seed: 8);

        // Yellow over white: red and green stay full; blue under the clear part would lower them.
        for (int i = 0; i < made.Alpha.Length; i++)
        {
            Assert.InRange(made.Image.Pixels[i * 3], 254, 255);
            Assert.InRange(made.Image.Pixels[(i * 3) + 1], 254, 255);
        }
    }

    [Theory]
    [InlineData(40, 20, 0.3)]
    [InlineData(300, 900, 0.8)]
    [InlineData(3000, 40, 0.5)]
    public void Longer_side_takes_the_share_that_was_asked_for(int width, int height, double share)
    {
        LibraryOptions options = new()
        {
            PictureSidePx = 256, ScaleMin = share, ScaleMax = share, RotationMaxDegrees = 0, ShiftMax = 1,
        };
        byte[] solid = [.. Enumerable.Repeat((byte)255, width * height)];

        LibraryComposition made = LibraryComposer.Compose(
            Entry, new RgbImage(width, height, new byte[width * height * 3]), solid, options, seed: 11);

        int[] set = [.. Enumerable.Range(0, 256 * 256).Where(i => made.Alpha[i] >= 128)];
        int across = set.Max(i => i % 256) - set.Min(i => i % 256) + 1;
        int down = set.Max(i => i / 256) - set.Min(i => i / 256) + 1;
        Assert.InRange(Math.Max(across, down), (share * 256) - 2, (share * 256) + 2);
    }

    [Fact]
    public void Fine_pattern_that_shrinks_a_lot_becomes_its_mean_and_no_coarse_pattern()
    {
        const int Side = 1500;
        byte[] pixels = [.. Enumerable.Range(0, Side * Side * 3).Select(i => (byte)(i / 3 % Side % 8 == 0 ? 255 : 0))];
        byte[] solid = [.. Enumerable.Repeat((byte)255, Side * Side)];
        LibraryOptions options = new() { PictureSidePx = 128, RotationMaxDegrees = 0 };

        LibraryComposition made = LibraryComposer.Compose(
            Entry, new RgbImage(Side, Side, pixels), solid, options, seed: 2);

        // One column in eight is white: 255 / 8 on average.
        IEnumerable<int> inside = Enumerable.Range(0, 128 * 128).Where(i => made.Alpha[i] == 255);
        Assert.All(inside, i => Assert.InRange(made.Image.Pixels[i * 3], 22, 42));
        Assert.True(inside.Count() > 2000);
    }

    [Fact]
    public void Lineage_says_what_is_needed_to_make_the_picture_again()
    {
        byte[] solid = [255];

        LibraryComposition made = LibraryComposer.Compose(
            Entry, new RgbImage(1, 1, [1, 2, 3]), solid, new() { PictureSidePx = 64 }, seed: ulong.MaxValue);

        Assert.Equal(
            ["centre_x_px", "centre_y_px", "name", "rotation_degrees", "scale", "seed", "source"],
            made.Lineage.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("thing.png", "18446744073709551615"), (made.Lineage["source"], made.Lineage["seed"]));
    }

    [Fact]
    public void Numbers_are_SplitMix64s()
    {
        SeededRandom random = new(1234567);

        // First outputs for this seed, from the authors' C program, as 53-bit fractions.
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423];
        Assert.All(expected, value => Assert.Equal((value >> 11) / (double)(1UL << 53), random.Next()));
    }
}
