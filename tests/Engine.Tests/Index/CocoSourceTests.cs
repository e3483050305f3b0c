using Engine.Imaging;
using Engine.Index.Sources;
using Engine.Items;
using Kernels.Masks;
using Tests.Shared;

namespace Engine.Tests.Index;

public sealed class CocoSourceTests
{
    [Fact]
    public async Task Real_data_is_read_whole_with_every_picture_once()
    {
        await using CocoSource source = await CocoSource.OpenAsync(CocoText.Tiny(), CancellationToken.None);

        List<RealGroup> groups = await source.ReadAsync(CancellationToken.None).ToListAsync();

        Assert.Equal(705, groups.Sum(group => group.Instances.Count));
        Assert.Equal(0, source.Problems.Total);
        Assert.Equal(705, source.InstancesMax);
        Assert.Equal(705, source.Categories.Sum(category => category.Instances));
        Assert.Equal((80, 80), (source.Categories.Count, source.Images.Count));
        Assert.Equal(groups.Count, groups.DistinctBy(group => group.Image.Id).Count());
        Assert.Equal(6, groups.Sum(group => group.Instances.Count(one => one.IsCrowd)));
        Assert.All(groups, group => Assert.NotNull(RealPicture.Load(group, ImageLimits.Default, source.Problems)));
        Assert.Equal(0, source.Problems.Total);
    }

    [Fact]
    public async Task Masks_of_real_data_have_the_area_the_data_says()
    {
        (List<RealGroup> groups, _) = await CocoText.ReadAsync(
            () => File.OpenRead(CocoText.Tiny().AnnotationsFile), new() { AnnotationsFile = "coco-tiny" });

        double difference = 0;
        foreach (RealInstance one in groups.SelectMany(group => group.Instances))
        {
            BinaryMask mask = one.Segmentation!.ToMask(one.Image.Width, one.Image.Height);
            int area = mask.Values.Sum(value => value);
            int[] runs = CocoRle.Encode(mask.Values, mask.Width, mask.Height);

            // The data's area of polygons is that of the exact shapes; a mask's differs by what the outline cuts: in
            // these data 0.195 px a px of outline at most, and 0.008 px on average, so the rule leans to no side.
            // A crowd's area in the data is not that of its runs (7677 against 6443 px), so its runs are the measure.
            double outline = one.Segmentation.Polygons.Sum(Outline);
            double said = one.IsCrowd ? one.Segmentation.Runs.Where((_, i) => i % 2 == 1).Sum() : one.AreaPx!.Value;
            Assert.True(
                Math.Abs(area - said) <= 0.2 * outline,
                $"{one.Id}: {area} px; {said} px in the data; outline {outline} px");
            difference += area - said;
            Assert.Equal(area, CocoRle.Area(runs));
            byte[] decoded = new byte[mask.Values.Length];
            CocoRle.Decode(CocoRle.FromText(CocoRle.ToText(runs)), mask.Width, mask.Height, decoded);
            Assert.True(decoded.AsSpan().SequenceEqual(mask.Values));
            Assert.True(!one.IsCrowd || runs.SequenceEqual(one.Segmentation.Runs));
        }

        Assert.InRange(difference / 705, -0.1, 0.1);
    }

    [Fact]
    public async Task Lvis_is_read_with_its_groups_its_lists_and_its_order()
    {
        using TempFolder folder = new();
        Directory.CreateDirectory(folder.File("train2017"));
        await File.WriteAllTextAsync(folder.File("train2017/000000000001.jpg"), "any");
        await File.WriteAllTextAsync(folder.File("000000000002.jpg"), "any");

        (List<RealGroup> groups, CocoSource source) = await CocoText.ReadAsync(
            """
            {"info": {"deep": [[{"a": [1, 2]}]]},
             "annotations": [
              {"id": 2, "image_id": 2, "category_id": 9, "area": 9.5, "bbox": [1, 1, 3, 3],
               "segmentation": [[1,1,4,1,4,4,1,4]]},
              {"id": 1, "image_id": 1, "category_id": 9, "area": 9.5, "bbox": [1, 1, 3, 3],
               "segmentation": [[1,1,4,1,4,4,1,4]]},
              {"id": 3, "image_id": 2, "category_id": 5, "area": 9.5, "bbox": [1, 1, 3, 3],
               "segmentation": {"size": [8, 10], "counts": [9, 3, 68]}}],
             "images": [
              {"id": 1, "width": 10, "height": 8, "coco_url": "http://host/train2017/000000000001.jpg",
               "neg_category_ids": [5], "not_exhaustive_category_ids": [9]},
              {"id": 2, "width": 10, "height": 8, "coco_url": "http://host/train2017/000000000002.jpg",
               "neg_category_ids": [], "not_exhaustive_category_ids": []}],
             "categories": [{"id": 9, "name": "aerosol_can", "frequency": "c"},
              {"id": 5, "name": "zebra", "frequency": "f"}]}
            """,
            folder.Path);

        Assert.Equal(0, source.Problems.Total);
        Assert.Equal(["c", "f"], source.Categories.Select(category => category.Frequency));
        Assert.Equal([2L, 1L], source.Categories.Select(category => category.Instances));
        Assert.Equal([5L], source.Images[0].Negative);
        Assert.Equal([9L], source.Images[0].NotExhaustive);
        Assert.Equal(
            [folder.File("train2017/000000000001.jpg"), folder.File("000000000002.jpg")],
            groups.Select(group => group.File));
        Assert.Equal([1L, 2L], groups.Select(group => group.Instances[0].Id));
    }

    [Fact]
    public async Task Runs_as_numbers_and_as_text_give_the_same_mask()
    {
        string text = CocoRle.ToText([9, 3, 5, 3, 60]);

        (List<RealGroup> groups, _) = await CocoText.ReadAsync(CocoText.With(
            CocoText.Annotation("""{"size": [8, 10], "counts": [9, 3, 5, 3, 60]}"""),
            CocoText.Annotation($$"""{"counts": "{{text}}", "size": [8, 10]}""", id: 2)));

        Assert.Equal(groups[0].Instances[0].Segmentation!.Runs, groups[0].Instances[1].Segmentation!.Runs);
        Assert.Equal(6, groups[0].Instances[1].Segmentation!.ToMask(10, 8).Values.Sum(value => value));
    }

    [Fact]
    public async Task Boxes_alone_are_read_too()
    {
        (List<RealGroup> groups, CocoSource source) = await CocoText.ReadAsync(
            CocoText.With(CocoText.Annotation("[]"), CocoText.Annotation("null", id: 2)));

        Assert.Equal(0, source.Problems.Total);
        Assert.All(groups[0].Instances, one => Assert.Null(one.Segmentation));
    }

    private static double Outline(double[] polygon)
    {
        double length = 0;
        for (int i = 0; i < polygon.Length; i += 2)
        {
            int next = (i + 2) % polygon.Length;
            length += Math.Sqrt(
                Math.Pow(polygon[next] - polygon[i], 2) + Math.Pow(polygon[next + 1] - polygon[i + 1], 2));
        }

        return length;
    }
}
