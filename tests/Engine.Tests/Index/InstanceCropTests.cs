using Engine.Crops;
using Engine.Imaging;
using Engine.Index;
using Engine.Index.Sources;
using Engine.Items;
using Engine.Tests.Imaging;
using Kernels.Pictures;

namespace Engine.Tests.Index;

public sealed class InstanceCropTests
{
    private static readonly RgbImage Picture = TestImages.Noise(60, 50, seed: 3);
    private static readonly RealImage Image = new(7, "a.png", 60, 50);
    private static readonly RealCategory Otter = new(3, "otter", null, null);

    [Fact]
    public void Default_is_DiverGens_recipe()
    {
        CropRecipe recipe = new();

        Assert.Equal((40, OutsideFill.Blur, 10), (recipe.PaddingPx, recipe.Outside, recipe.BlurPx));
        Assert.Empty(recipe.Problems());
        Assert.Equal(3, new CropRecipe { PaddingPx = -1, Outside = (OutsideFill)9, BlurPx = 0 }.Problems().Count());
    }

    [Theory]
    [InlineData(OutsideFill.Blur)]
    [InlineData(OutsideFill.Black)]
    [InlineData(OutsideFill.White)]
    [InlineData(OutsideFill.None)]
    public void Each_pixel_is_the_picture_on_the_object_and_the_fill_outside(OutsideFill fill)
    {
        RealInstance instance = Square(new RealBox(20.5, 22.2, 9.1, 8.3));
        byte[] mask = instance.Segmentation!.ToMask(60, 50).Values;
        byte[] blurred = new byte[Picture.Pixels.Length];
        BoxBlur.Run(Picture.Pixels, (60, 50, 3), 10, (0, 0, 60, 50), blurred);

        RgbImage crop = InstanceCrop.Cut(Picture, instance, new() { PaddingPx = 5, Outside = fill })!;

        Assert.Equal((30 + 5 - 15, 31 + 5 - 17), (crop.Width, crop.Height)); // 20 - 5 to 30 + 5; 22 - 5 to 31 + 5
        for (int i = 0; i < crop.Pixels.Length; i++)
        {
            int pixel = ((17 + (i / 3 / crop.Width)) * 60) + 15 + (i / 3 % crop.Width);
            int at = (pixel * 3) + (i % 3);
            byte outside = fill switch
            {
                OutsideFill.Blur => blurred[at],
                OutsideFill.Black => 0,
                OutsideFill.White => 255,
                _ => Picture.Pixels[at],
            };
            Assert.Equal(mask[pixel] != 0 ? Picture.Pixels[at] : outside, crop.Pixels[i]);
        }
    }

    [Fact]
    public void Padding_is_clipped_to_the_picture()
    {
        RgbImage crop = InstanceCrop.Cut(Picture, Square(new RealBox(20, 20, 10, 10)), new())!;

        Assert.Equal((60, 50), (crop.Width, crop.Height));
    }

    [Fact]
    public void Box_stands_for_the_object_where_there_is_no_outline()
    {
        RealInstance instance = Square(new RealBox(20, 20, 10, 10)) with { Segmentation = null };

        RgbImage crop = InstanceCrop.Cut(Picture, instance, new() { PaddingPx = 1, Outside = OutsideFill.Black })!;

        Assert.Equal(0, crop.Pixels[0]);
        Assert.Equal(Picture.Pixels[((20 * 60) + 20) * 3], crop.Pixels[((1 * 12) + 1) * 3]);
    }

    [Fact]
    public void Whole_picture_is_the_crop_of_an_instance_without_a_box()
    {
        RealInstance instance = new(1, Image, Otter, null, null, false, null);

        Assert.Equal(Picture.Pixels, InstanceCrop.Cut(Picture, instance, new())!.Pixels);
    }

    [Fact]
    public void Object_without_a_pixel_has_no_crop()
    {
        RealSegmentation tiny = RealSegmentation.OfPolygons([[2.2, 2.2, 2.3, 2.2, 2.3, 2.3]]);

        Assert.Null(InstanceCrop.Cut(Picture, Square(new RealBox(2, 2, 1, 1)) with { Segmentation = tiny }, new()));
        Assert.Null(InstanceCrop.Cut(Picture, Square(new RealBox(60, 2, 5, 5)), new()));
        Assert.Null(InstanceCrop.Cut(Picture, Square(new RealBox(-9, 2, 5, 5)), new()));
    }

    [Fact]
    public async Task Every_object_of_real_data_has_a_crop_of_its_box_and_padding()
    {
        await using CocoSource source = await CocoSource.OpenAsync(CocoText.Tiny(), CancellationToken.None);
        int crops = 0;
        await foreach (RealGroup group in source.ReadAsync(CancellationToken.None).Take(12))
        {
            RgbImage picture = RealPicture.Load(group, ImageLimits.Default, source.Problems)!;
            foreach (RealInstance instance in group.Instances)
            {
                RgbImage crop = InstanceCrop.Cut(picture, instance, new())!;

                Assert.InRange(crop.Width, instance.Box!.Value.Width, picture.Width);
                Assert.InRange(crop.Width, 1, instance.Box.Value.Width + 82);
                crops++;
            }
        }

        Assert.True(crops > 20);
    }

    private static RealInstance Square(RealBox box) => new(
        1,
        Image,
        Otter,
        box,
        RealSegmentation.OfPolygons([[20.5, 22.2, 29.6, 22.2, 29.6, 30.5, 20.5, 30.5]]),
        IsCrowd: false,
        75);
}
