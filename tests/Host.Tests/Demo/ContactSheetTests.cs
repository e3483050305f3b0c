using Engine.Imaging;
using Engine.Items;
using Host.Demo;
using Tests.Shared;

namespace Host.Tests.Demo;

/// <summary>Goal: a sheet shows each sample as it is. Method: the PNG is decoded again, its cells are read.</summary>
public sealed class ContactSheetTests
{
    private const int CellPx = 64;

    [Fact]
    public void Cells_show_picture_mask_and_cut_out_pixel_for_pixel()
    {
        using TempFolder folder = new();
        (RgbImage picture, BinaryMask mask) = Sample(CellPx, CellPx, seed: 1);
        ContactSheetLayout layout = new(samples: 3, CellPx, samplesARow: 2);
        (RgbImage Picture, BinaryMask Mask, string Caption)[] samples =
            [(picture, mask, "a"), (Plain(9), All(1), "b"), (Plain(90), All(0), "c")];

        ContactSheet.Write(folder.File("sheet.png"), samples, CellPx, samplesARow: 2);

        RgbImage sheet = ImageCodec.DecodeRgb(File.ReadAllBytes(folder.File("sheet.png")), ImageLimits.Default);
        Assert.Equal((layout.WidthPx, layout.HeightPx), (sheet.Width, sheet.Height));
        for (int sample = 0; sample < samples.Length; sample++)
        {
            RgbImage[] cells =
                [.. Enumerable.Range(0, 3).Select(cell => ImageResize.Crop(sheet, layout.Cell(sample, cell)))];
            AssertCells(samples[sample].Picture, samples[sample].Mask, cells);
        }
    }

    [Fact]
    public void Large_and_oblong_pictures_are_shrunk_and_centred()
    {
        (RgbImage picture, BinaryMask mask) = Sample(256, 128, seed: 2);
        ContactSheetLayout layout = new(samples: 1, CellPx, samplesARow: 1);

        RgbImage sheet = ContactSheet.Draw([(picture, mask, "")], layout);

        RgbImage cell = ImageResize.Crop(sheet, layout.Cell(0, 0));
        RgbImage expected = ImageResize.Resize(picture, CellPx, CellPx / 2, ResizeKernel.Bilinear);
        Assert.Equal(expected.Pixels, ImageResize.Crop(cell, new Box(0, CellPx / 4, CellPx, CellPx / 2)).Pixels);
        Assert.All(
            ImageResize.Crop(cell, new Box(0, 0, CellPx, CellPx / 4)).Pixels,
            value => Assert.Equal(ContactSheet.PaperGrey, value));
    }

    [Fact]
    public void Background_does_not_bleed_into_a_shrunk_cut_out()
    {
        // A black object on white: had white bled into its edge, a pixel would be lighter than object and board.
        byte[] values = [.. Enumerable.Range(0, 250 * 250).Select(i => (byte)(i % 250 is > 60 and < 191 ? 1 : 0))];
        byte[] pixels = [.. values.SelectMany(value => Enumerable.Repeat((byte)(255 - (value * 255)), 3))];
        RgbImage picture = new(250, 250, pixels);
        ContactSheetLayout layout = new(samples: 1, CellPx, samplesARow: 1);

        RgbImage sheet = ContactSheet.Draw([(picture, new BinaryMask(250, 250, values), "")], layout);

        Assert.All(
            ImageResize.Crop(sheet, layout.Cell(0, 2)).Pixels,
            value => Assert.InRange(value, 0, ContactSheet.CheckLightGrey));
    }

    [Fact]
    public void Caption_is_written_below_its_own_sample()
    {
        ContactSheetLayout layout = new(samples: 2, CellPx, samplesARow: 2);

        RgbImage sheet = ContactSheet.Draw([(Plain(9), All(1), "A"), (Plain(9), All(1), "")], layout);

        RgbImage first = ImageResize.Crop(sheet, layout.Caption(0));
        for (int y = 0; y < first.Height; y++)
        {
            for (int x = 0; x < first.Width; x++)
            {
                (int dotX, int dotY) = (x / ContactSheetLayout.FontScale, y / ContactSheetLayout.FontScale);
                bool ink = dotX < BitmapFont.WidthPx && dotY < BitmapFont.HeightPx && BitmapFont.IsInk('A', dotX, dotY);
                Assert.Equal(ink ? 0 : ContactSheet.PaperGrey, first.Pixels[((y * first.Width) + x) * 3]);
            }
        }

        Assert.All(
            ImageResize.Crop(sheet, layout.Caption(1)).Pixels,
            value => Assert.Equal(ContactSheet.PaperGrey, value));
    }

    [Fact]
    public void Longest_caption_leaves_the_neighbours_alone()
    {
        (RgbImage picture, BinaryMask mask) = Sample(CellPx, CellPx, seed: 3);
        ContactSheetLayout layout = new(samples: 4, CellPx, samplesARow: 2);
        var Of = (string caption) => ContactSheet.Draw(
            [(picture, mask, caption), (picture, mask, ""), (picture, mask, ""), (picture, mask, "")], layout);

        RgbImage silent = Of("");
        RgbImage loud = Of(new string('#', 1000));

        Box caption = layout.Caption(0);
        for (int i = 0; i < silent.Pixels.Length; i++)
        {
            (int x, int y) = (i / 3 % silent.Width, i / 3 / silent.Width);
            bool inside = x >= caption.X && x < caption.X + caption.Width
                && y >= caption.Y && y < caption.Y + caption.Height;
            Assert.True(inside || silent.Pixels[i] == loud.Pixels[i], $"({x}, {y}) lies outside the caption");
        }
    }

    [Fact]
    public void Mask_of_another_size_is_refused_with_both_sizes()
    {
        ContactSheetLayout layout = new(samples: 1, CellPx, samplesARow: 1);

        ArgumentException thrown = Assert.Throws<ArgumentException>(
            () => ContactSheet.Draw([(Plain(1), new BinaryMask(3, 2, new byte[6]), "")], layout));

        Assert.Equal("Sample 0: the mask is 3 x 2 px, its picture 64 x 64 px; they must be the same.", thrown.Message);
    }

    [Fact]
    public void Sheet_that_would_be_too_large_is_refused_before_it_is_drawn()
    {
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => new ContactSheetLayout(1000, 192, 2));

        Assert.Contains("a side may be 8192 px", thrown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ContactSheetLayout(0, 192, 2));
    }

    private static void AssertCells(RgbImage picture, BinaryMask mask, RgbImage[] cells)
    {
        Assert.Equal(picture.Pixels, cells[0].Pixels);
        for (int i = 0; i < picture.Pixels.Length; i++)
        {
            bool set = mask.Values[i / 3] == 1;
            (int x, int y) = (i / 3 % CellPx / ContactSheet.CheckPx, i / 3 / CellPx / ContactSheet.CheckPx);
            int check = (x + y) % 2 == 0 ? ContactSheet.CheckLightGrey : ContactSheet.CheckDarkGrey;
            Assert.Equal(set ? 255 : 0, cells[1].Pixels[i]);
            Assert.Equal(set ? picture.Pixels[i] : check, cells[2].Pixels[i]);
        }
    }

    private static (RgbImage Picture, BinaryMask Mask) Sample(int width, int height, int seed)
    {
        Random random = new(seed);
        byte[] pixels = new byte[width * height * 3];
        random.NextBytes(pixels);
        byte[] values = [.. Enumerable.Range(0, width * height).Select(_ => (byte)random.Next(2))];
        return (new RgbImage(width, height, pixels), new BinaryMask(width, height, values));
    }

    private static RgbImage Plain(byte grey) =>
        new(CellPx, CellPx, [.. Enumerable.Repeat(grey, CellPx * CellPx * 3)]);

    private static BinaryMask All(byte value) => new(CellPx, CellPx, [.. Enumerable.Repeat(value, CellPx * CellPx)]);
}
