using System.Globalization;
using System.Text;
using Engine.Crops;
using Engine.Flow;
using Engine.Imaging;
using Engine.Index;
using Engine.Index.Sources;
using Engine.Items;
using Engine.Pipeline.Filter;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;
using Outcome = Engine.Flow.Outcome;

namespace Engine.Tests.Index;

/// <summary>
/// Goal: a generated picture is shown to the embedder exactly as the index's builder shows a real one. Method: random
/// pictures, masks (also at the border, of one pixel, in parts) and recipes go both ways; an embedder keeps what it is
/// shown. The real way is the whole one: PNG, COCO's json with runs, source, builder.
/// </summary>
public sealed class SameCropTests : IDisposable
{
    private const int Objects = 6; // Of one picture.

    private static readonly Arbitrary<int> AnySeed = Gen.Choose(0, int.MaxValue).ToArbitrary();

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_index_builder_and_the_embed_stage_show_the_embedder_the_same_pixels() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(AnySeed, seed =>
        {
            Random random = new(seed);
            CropRecipe recipe = AnyRecipe(random);
            RgbImage picture = AnyPicture(random);
            BinaryMask[] masks = [.. Enumerable.Range(0, Objects).Select(_ => AnyMask(random, picture))];

            List<RgbImage> real = RealAsync(picture, masks, recipe).GetAwaiter().GetResult();
            List<RgbImage> made = MadeAsync(picture, masks, recipe).GetAwaiter().GetResult();

            Assert.Equal(Objects, real.Count);
            Assert.Equal(real.Select(Sides), made.Select(Sides));
            for (int at = 0; at < Objects; at++)
            {
                Assert.Equal(real[at].Pixels, made[at].Pixels);
            }

            return true;
        }));

    [Fact]
    public void Words_of_a_recipe_give_it_back() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(AnySeed, seed =>
        {
            CropRecipe recipe = AnyRecipe(new Random(seed));

            CropRecipe read = CropRecipe.Read(recipe.Text)!;

            Assert.Equal((recipe.Text, recipe.IsWhole, recipe.Outside), (read.Text, read.IsWhole, read.Outside));
            Assert.True(recipe.IsWhole || recipe == read);
            return true;
        }));

    [Fact]
    public void Words_of_indexes_that_exist_are_read_and_others_are_none()
    {
        Assert.Equal(new CropRecipe(), CropRecipe.Read("blur 10 px, padding 40 px"));
        Assert.Equal(
            new CropRecipe { Outside = OutsideFill.Black, PaddingPx = 0 },
            CropRecipe.Read("black 10 px, padding 0 px"));
        Assert.Equal(CropRecipe.WholePicture, CropRecipe.Read("whole pictures"));
        Assert.All(
            new[] { "as given", "", "blur 10", "blur 0 px, padding 40 px", "blur 10 px, padding 5000 px", "grey 1 px" },
            other => Assert.Null(CropRecipe.Read(other)));
    }

    [Fact]
    public async Task An_object_without_a_pixel_is_dropped_and_the_others_keep_their_places()
    {
        Shown shown = new(batchMax: 2);
        RgbImage picture = AnyPicture(new Random(5));
        BinaryMask mask = new(picture.Width, picture.Height, new byte[picture.Width * picture.Height]);
        mask.Values[0] = 1;
        Annotated good = Item(picture, mask);
        Annotated none = good with { Box = new Box(picture.Width, 0, 3, 3) };

        IReadOnlyList<Outcome<Embedded>> outcomes = await new EmbedStep(shown, new CropRecipe())
            .RunAsync([none, none, good, none, good], TestContext.Current.CancellationToken);

        Assert.Equal(
            [RejectReason.Empty, RejectReason.Empty, null, RejectReason.Empty, null],
            outcomes.Select(outcome => outcome.DropReason));
        Assert.Equal(2, shown.Pictures.Count);
    }

    private static (int, int) Sides(RgbImage image) => (image.Width, image.Height);

    private static CropRecipe AnyRecipe(Random random) => new()
    {
        PaddingPx = random.Next(4) switch { 0 => 0, 1 => 40, 2 => random.Next(10), _ => random.Next(4097) },
        Outside = (OutsideFill)random.Next(4),
        BlurPx = random.Next(3) == 0 ? random.Next(1, 257) : random.Next(1, 16),
        IsWhole = random.Next(4) == 0,
    };

    private static RgbImage AnyPicture(Random random)
    {
        (int width, int height) = (random.Next(1, 90), random.Next(1, 90));
        byte[] pixels = new byte[width * height * 3];
        random.NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Some blobs, thinned out; every other one touches the border.</summary>
    private static BinaryMask AnyMask(Random random, RgbImage picture)
    {
        (int width, int height) = Sides(picture);
        byte[] values = new byte[width * height];
        for (int blob = random.Next(1, 4); blob > 0; blob--)
        {
            (int left, int top) = (random.Next(width), random.Next(height));
            (int right, int bottom) = (random.Next(left, width), random.Next(top, height));
            (left, top) = random.Next(4) switch { 0 => (0, top), 1 => (left, 0), _ => (left, top) };
            (right, bottom) = random.Next(4) switch
            {
                0 => (width - 1, bottom), 1 => (right, height - 1), _ => (right, bottom),
            };
            for (int y = top; y <= bottom; y++)
            {
                for (int x = left; x <= right; x++)
                {
                    values[(y * width) + x] = random.Next(8) == 0 ? (byte)0 : (byte)1;
                }
            }
        }

        values[random.Next(values.Length)] = 1; // Never empty.
        return new BinaryMask(width, height, values);
    }

    private static Annotated Item(RgbImage picture, BinaryMask mask) => new()
    {
        Picture = new Picture(
            new Prompt { Id = "0123456789abcdef", Category = "c", Text = "t", Attempt = 0, Seed = 1 }, picture, "fake",
            new Dictionary<string, string>()),
        Mask = mask, Box = BoxOf(mask), AreaPx = mask.Values.Count(value => value != 0), Annotator = "fake",
        PredictedIou = 1, Measures = new Dictionary<string, double>(),
    };

    private static Box BoxOf(BinaryMask mask)
    {
        int[] set = [.. Enumerable.Range(0, mask.Values.Length).Where(i => mask.Values[i] != 0)];
        (int left, int right) = (set.Min(i => i % mask.Width), set.Max(i => i % mask.Width));
        (int top, int bottom) = (set.Min(i => i / mask.Width), set.Max(i => i / mask.Width));
        return new Box(left, top, right - left + 1, bottom - top + 1);
    }

    private static async Task<List<RgbImage>> MadeAsync(RgbImage picture, BinaryMask[] masks, CropRecipe recipe)
    {
        Shown shown = new(batchMax: 4);
        await new EmbedStep(shown, recipe).RunAsync([.. masks.Select(mask => Item(picture, mask))], default);
        return shown.Pictures;
    }

    private async Task<List<RgbImage>> RealAsync(RgbImage picture, BinaryMask[] masks, CropRecipe recipe)
    {
        await File.WriteAllBytesAsync(_folder.File("a.png"), ImageCodec.EncodePng(picture));
        string json = $$"""
            {"images": [{"id": 7, "file_name": "a.png", "width": {{picture.Width}}, "height": {{picture.Height}}}],
             "categories": [{"id": 3, "name": "otter"}],
             "annotations": [{{string.Join(",\n", masks.Select(Annotation))}}]}
            """;
        await using CocoSource source = await CocoSource.OpenAsync(
            () => new MemoryStream(Encoding.UTF8.GetBytes(json)),
            new() { AnnotationsFile = "some.json", ImageFolder = _folder.Path }, default);
        List<RgbImage> shown = [];
        await new IndexBuilder(
            new IndexBuildOptions(_folder.File("i.hwindex"), "shown", recipe.Text, Width: 2, Batch: 4),
            (pictures, _) =>
            {
                shown.AddRange(pictures);
                return ValueTask.FromResult<IReadOnlyList<float[]?>>([.. pictures.Select(_ => new float[] { 1, 0 })]);
            }).BuildAsync(IndexSources.Of("coco", source, recipe, ImageLimits.Default), _ => { }, default);
        File.Delete(_folder.File("i.hwindex"));
        return shown;
    }

    private static string Annotation(BinaryMask mask, int at)
    {
        Box box = BoxOf(mask);
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"id": {{at + 1}}, "image_id": 7, "category_id": 3, "area": 1, "iscrowd": 0,
             "bbox": [{{box.X}}, {{box.Y}}, {{box.Width}}, {{box.Height}}],
             "segmentation": {"size": [{{mask.Height}}, {{mask.Width}}], "counts": [{{string.Join(", ", Runs(mask))}}] }
            }
            """);
    }

    /// <summary>COCO's runs: down the columns, zeros first.</summary>
    private static List<int> Runs(BinaryMask mask)
    {
        List<int> runs = [0];
        byte now = 0;
        for (int i = 0; i < mask.Values.Length; i++)
        {
            byte value = mask.Values[(i % mask.Height * mask.Width) + (i / mask.Height)];
            if (value != now)
            {
                runs.Add(0);
                now = value;
            }

            runs[^1]++;
        }

        return runs;
    }

    private sealed class Shown(int batchMax) : IImageEmbedder
    {
        public List<RgbImage> Pictures { get; } = [];

        public string Name => "shown";

        public int Width => 1;

        public int BatchMax => batchMax;

        public ValueTask<IReadOnlyList<Outcome<float[]>>> EmbedAsync(
            IReadOnlyList<RgbImage> images, CancellationToken stopping)
        {
            Assert.InRange(images.Count, 1, batchMax);
            Pictures.AddRange(images);
            return ValueTask.FromResult<IReadOnlyList<Outcome<float[]>>>(
                [.. images.Select(_ => Outcome.Keep<float[]>([1]))]);
        }

        public void Dispose()
        {
        }
    }
}
