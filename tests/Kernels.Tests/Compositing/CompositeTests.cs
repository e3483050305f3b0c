using FsCheck;
using FsCheck.Fluent;
using Kernels.Compositing;
using Kernels.Masks;

namespace Kernels.Tests.Compositing;

/// <summary>
/// Goal: a composite gives the reference's bytes, masks and records, on every device. Method: one body, a backend a
/// subclass; random composites (FsCheck prints the seed), then laws that need no reference. Error allowed: none.
/// </summary>
public abstract class CompositeTests
{
    private static readonly byte[] White = [255, 255, 255, 255];

    /// <summary>The composite under test; the subclass owns it.</summary>
    protected abstract IComposite Composite { get; }

    /// <summary>Random composites that a property tries.</summary>
    protected virtual int CasesMax => 200;

    [Fact]
    [Trait("oclgrind", "yes")]
    public void Small_composite_equals_the_reference() =>
        Assert.All(Enumerable.Range(0, 4), seed => AssertEqualsReference(new CompositeCase(37, 11, 2, 3, seed)));

    [Fact]
    public void Random_composites_equal_the_reference() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(CasesMax), Prop.ForAll(CompositeCase.Arbitrary, at =>
        {
            AssertEqualsReference(at);
            return true;
        }));

    [Fact]
    public void Picture_of_work_equals_the_reference() => AssertEqualsReference(new CompositeCase(513, 300, 5, 12, 7));

    [Fact]
    public void Solid_cut_out_of_its_own_size_is_copied_and_hides_what_lies_below()
    {
        byte[] cutout = [1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255];
        uint[] below = [0b1111, 0b1111, 0b1111];
        CompositeInput at = new(
            new byte[4 * 3 * 3], 4, 3, cutout, [new Paste(0, 2, 2, 1, 1, 2, 2, false, 256, 0)], below, new uint[6],
            new CompositeRecord[2]);

        at.RunOn(Composite);

        Assert.Equal([0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0], at.Picture[12..24]);
        Assert.Equal([0b1111u, 0b1001, 0b1001, 0, 0b0110, 0b0110], at.Bits);
        Assert.Equal(new CompositeRecord(8, 0, 0, 4, 3, 12, 0, 0, 4, 3), at.Records[0]);
        Assert.Equal(new CompositeRecord(4, 1, 1, 2, 2, 4, 1, 1, 2, 2), at.Records[1]);
    }

    [Fact]
    public void Mirrored_cut_out_is_the_mirror_image()
    {
        byte[] cutout = [1, 2, 3, 255, 4, 5, 6, 255];
        CompositeInput at = new(
            new byte[6], 2, 1, cutout, [new Paste(0, 2, 1, 0, 0, 2, 1, true, 256, 0)], [], new uint[1],
            new CompositeRecord[1]);

        Assert.Equal([4, 5, 6, 1, 2, 3], at.RunOn(Composite).Picture);
    }

    [Theory]
    [InlineData(128, 0, 128)] // half of 255 over black
    [InlineData(0, 0, 0)]
    [InlineData(256, 4, 51)]  // a feather of 4 px: a fifth at the outermost pixel
    public void Opacity_and_feather_weaken_the_colour_but_not_the_mask(int opacity, int feather, int corner)
    {
        CompositeInput at = new(
            new byte[20 * 20 * 3], 20, 20, White, [new Paste(0, 1, 1, 0, 0, 20, 20, false, opacity, feather)], [],
            new uint[20], new CompositeRecord[1]);

        at.RunOn(Composite);

        Assert.InRange(at.Picture[0], corner - 1, corner + 1);
        Assert.InRange(at.Picture[3 * ((10 * 20) + 10)], (opacity * 255 / 256) - 1, (opacity * 255 / 256) + 1);
        Assert.Equal(400, at.Records[0].AreaPx);
    }

    [Fact]
    public void Colour_where_a_cut_out_has_no_alpha_never_shows()
    {
        byte[] cutout = [200, 0, 0, 255, 0, 255, 0, 0]; // red beside a green that is not the object's
        CompositeInput at = new(
            new byte[30 * 3], 30, 1, cutout, [new Paste(0, 2, 1, 0, 0, 30, 1, false, 256, 0)], [], new uint[1],
            new CompositeRecord[1]);

        at.RunOn(Composite);

        Assert.All(Enumerable.Range(0, 30), x => Assert.Equal(0, at.Picture[(3 * x) + 1]));
    }

    [Fact]
    public void Visible_masks_never_overlap_a_later_one_and_the_topmost_is_whole() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(50), Prop.ForAll(CompositeCase.Arbitrary, at =>
        {
            CompositeInput done = at.Make().RunOn(Composite);
            int plane = at.Height * MaskBits.Words(at.Width);
            uint[] seen = new uint[plane];
            for (int i = 0; i < done.Bits.Length; i++)
            {
                Assert.Equal(0u, seen[i % plane] & done.Bits[i]);
                seen[i % plane] |= done.Bits[i];
            }

            return done.Records.Length == 0 || done.Records[^1].AreaPx == done.Records[^1].WholeAreaPx;
        }));

    [Fact]
    public void Pastes_out_of_their_bounds_are_refused()
    {
        Paste fits = new(0, 1, 1, 0, 0, 1, 1, false, 256, 0);
        Paste[] wrong =
        [
            fits with { Offset = 1 }, fits with { Offset = -1 }, fits with { Width = 2 }, fits with { Width = 0 },
            fits with { TargetHeight = 0 }, fits with { TargetWidth = 16_385 }, fits with { Opacity = 257 },
            fits with { FeatherPx = 33 }, fits with { Left = int.MinValue }, fits with { Top = 40_000 },
        ];

        Assert.All(wrong, paste => Assert.ThrowsAny<ArgumentException>(
            () => Composite.Run(new byte[3], 1, 1, White, [paste], [], new uint[1], new CompositeRecord[1])));
        Assert.Throws<ArgumentException>(
            () => Composite.Run(new byte[4], 1, 1, White, [fits], [], new uint[1], new CompositeRecord[1]));
        Assert.Throws<ArgumentException>(
            () => Composite.Run(new byte[3], 1, 1, White, [fits], [], new uint[1], new CompositeRecord[2]));
        Assert.Throws<ArgumentException>(
            () => Composite.Run(new byte[6], 1, 2, White, [fits], new uint[1], new uint[2], new CompositeRecord[1]));
    }

    private void AssertEqualsReference(CompositeCase at)
    {
        using CompositeReference reference = new();

        CompositeInput actual = at.Make().RunOn(Composite);

        CompositeInput expected = at.Make().RunOn(reference);
        Assert.True(expected.Picture.AsSpan().SequenceEqual(actual.Picture), at.ToString());
        Assert.True(expected.Bits.AsSpan().SequenceEqual(actual.Bits), at.ToString());
        Assert.Equal(expected.Records, actual.Records);
    }
}
