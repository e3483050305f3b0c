using FsCheck;
using FsCheck.Fluent;
using Kernels.Masks;

namespace Kernels.Tests.Masks;

public sealed class CocoRleTests
{
    private const int Cases = 500;

    // Masks of every texture: noise of any density, stripes and blobs; one row, one column, and rows of many vectors.
    private static readonly Arbitrary<(int Width, int Height, byte[] Mask)> AnyMask = (
        from width in Gen.Choose(1, 150)
        from height in Gen.Choose(1, 40)
        from seed in Gen.Choose(0, int.MaxValue)
        from density in Gen.Elements(0.0, 0.02, 0.5, 0.98, 1.0)
        from stretch in Gen.Elements(1, 3, 17, 200)
        select (width, height, Texture(width, height, seed, density, stretch))).ToArbitrary();

    // Counts, size and text as the COCO mask API itself gave them.
    public static TheoryData<int, int, string, string> Known => new()
    {
        { 5, 4, "000000111001110" + "00000", "5220003" },
        { 3, 3, "111111111", "09" },
        { 3, 3, "000000000", "9" },
        { 1, 1, "0", "1" },
    };

    [Fact]
    public void Decoding_an_encoded_mask_gives_the_mask() => Holds(AnyMask, one =>
    {
        byte[] decoded = new byte[one.Mask.Length];
        CocoRle.Decode(CocoRle.Encode(one.Mask, one.Width, one.Height), one.Width, one.Height, decoded);
        return decoded.AsSpan().SequenceEqual(one.Mask);
    });

    [Fact]
    public void Runs_are_those_of_the_plain_definition() => Holds(
        AnyMask,
        one => CocoRle.Encode(one.Mask, one.Width, one.Height).SequenceEqual(Plain(one.Mask, one.Width, one.Height)));

    [Fact]
    public void Text_gives_back_the_runs() => Holds(AnyMask, one =>
    {
        int[] runs = CocoRle.Encode(one.Mask, one.Width, one.Height);
        return CocoRle.FromText(CocoRle.ToText(runs)).SequenceEqual(runs);
    });

    [Fact]
    public void Area_is_the_number_of_pixels_set() => Holds(
        AnyMask, one => CocoRle.Area(CocoRle.Encode(one.Mask, one.Width, one.Height)) == one.Mask.Count(v => v != 0));

    [Fact]
    public void Text_holds_any_run_that_an_int_holds()
    {
        int[] runs = [0, int.MaxValue, 1, 0, int.MaxValue, int.MaxValue, 15, 16, 17, 31, 32, 33, 1023, 1024];

        int[] read = CocoRle.FromText(CocoRle.ToText(runs));

        Assert.Equal(runs, read);
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Known_masks_have_their_known_text(int width, int height, string rows, string text)
    {
        byte[] mask = [.. rows.Select(c => (byte)(c - '0'))];

        string actual = CocoRle.ToText(CocoRle.Encode(mask, width, height));

        Assert.Equal(text, actual);
    }

    [Fact]
    public void Any_value_but_zero_is_object()
    {
        int[] runs = CocoRle.Encode([0, 255, 2, 0], width: 2, height: 2);

        Assert.Equal([1, 2, 1], runs);
    }

    [Theory]
    [InlineData("5220003P")] // ends within a run
    [InlineData("52 0003")] // a character below '0'
    [InlineData("52p0003")] // a character above 'o'
    [InlineData("ooooooo0")] // eight characters in a run
    [InlineData("nooooo2")] // more than an int
    [InlineData("O")] // a negative run
    [InlineData("222K")] // negative after the difference
    public void Wrong_text_is_refused_and_never_read_beyond(string text)
    {
        FormatException refused = Assert.Throws<FormatException>(() => CocoRle.FromText(text));

        Assert.Contains("RLE text", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 5, 2 })]
    [InlineData(new[] { 10, -1 })]
    [InlineData(new[] { int.MaxValue, int.MaxValue, 11 })]
    [InlineData(new int[0])]
    public void Runs_that_do_not_fit_the_mask_are_refused(int[] runs)
    {
        byte[] mask = new byte[9];

        Assert.Throws<ArgumentException>(() => CocoRle.Decode(runs, 3, 3, mask));
    }

    [Theory]
    [InlineData(0, 9)]
    [InlineData(3, 2)]
    [InlineData(-3, -3)]
    public void Sides_that_do_not_fit_the_mask_are_refused(int width, int height)
    {
        byte[] mask = new byte[9];

        Assert.Throws<ArgumentException>(() => CocoRle.Encode(mask, width, height));
    }

    internal static byte[] Texture(int width, int height, int seed, double density, int stretch)
    {
        Random random = new(seed);
        byte[] mask = new byte[width * height];
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = i % stretch == 0 || i == 0 ? (byte)(random.NextDouble() < density ? 1 : 0) : mask[i - 1];
        }

        return mask;
    }

    // Walks down each column, as the definition says.
    private static List<int> Plain(byte[] mask, int width, int height)
    {
        List<int> runs = [0];
        for (int i = 0; i < mask.Length; i++)
        {
            bool isOne = mask[(i % height * width) + (i / height)] != 0;
            if (isOne == (runs.Count % 2 == 1))
            {
                runs.Add(0);
            }

            runs[^1]++;
        }

        return runs;
    }

    private static void Holds<T>(Arbitrary<T> any, Func<T, bool> law) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases), Prop.ForAll(any, law));
}
