using System.Text;
using Engine.Imaging;
using Engine.Index.Sources;
using Engine.Items;
using Engine.Tests.Imaging;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>Goal: a wrong item is counted and passed over, a wrong file is refused with its place.</summary>
public sealed class CocoSourceFaultTests
{
    public static TheoryData<string, SourceFault, string> WrongAnnotations => new()
    {
        { CocoText.Annotation(image: 8), SourceFault.UnknownImage, "annotations[1].image_id: no image 8" },
        { CocoText.Annotation(category: 4), SourceFault.UnknownCategory, "annotations[1].category_id: no category 4" },
        { CocoText.Annotation(), SourceFault.DuplicateId, "annotations[1].id" },
        { "17", SourceFault.WrongField, "annotations[1]: not an object" },
        { "[[{}]]", SourceFault.WrongField, "annotations[1]: not an object" },
        { "{}", SourceFault.WrongField, "annotations[1].image_id" },
        { """{"image_id": "7", "category_id": 3}""", SourceFault.WrongField, "annotations[1].image_id" },
        { """{"image_id": 7, "category_id": [3]}""", SourceFault.WrongField, "annotations[1].category_id" },
        { """{"image_id": 7, "category_id": 3}""", SourceFault.WrongField, "annotations[1].id" },
        { CocoText.Annotation(box: "[1,1,3]"), SourceFault.WrongField, "annotations[1].bbox" },
        { CocoText.Annotation(box: "\"1,1,3,3\""), SourceFault.WrongField, "annotations[1].bbox" },
        { CocoText.Annotation(box: "[1,1,3,null]"), SourceFault.WrongField, "annotations[1].bbox" },
        { CocoText.Annotation(box: "[1,1,3,1e999]"), SourceFault.WrongField, "annotations[1].bbox" },
        { CocoText.Annotation(box: "[1,1,-3,3]"), SourceFault.BoxEmpty, "annotations[1].bbox: it is -3 x 3 px" },
        { CocoText.Annotation(box: "[1,1,3,0]"), SourceFault.BoxEmpty, "annotations[1].bbox" },
        { CocoText.Annotation(box: "[10,1,3,3]"), SourceFault.BoxOutside, "annotations[1].bbox" },
        { CocoText.Annotation(box: "[-4,1,3,3]"), SourceFault.BoxOutside, "annotations[1].bbox" },
        { CocoText.Annotation("7"), SourceFault.WrongField, "annotations[1].segmentation" },
        { CocoText.Annotation("[[1,1,\"4\",1,4,4]]"), SourceFault.WrongField, "annotations[1].segmentation" },
        { CocoText.Annotation("[1,1,4,1,4,4]"), SourceFault.WrongField, "annotations[1].segmentation" },
        { CocoText.Annotation("[[1,1,4,1,4,4,1]]"), SourceFault.PolygonShape, "annotations[1].segmentation" },
        { CocoText.Annotation("[[1,1,4,1]]"), SourceFault.PolygonShape, "annotations[1].segmentation" },
        { CocoText.Annotation("[[]]"), SourceFault.PolygonShape, "annotations[1].segmentation" },
        { CocoText.Annotation("[[1,1,4,1,7,1]]"), SourceFault.PolygonEmpty, "annotations[1].segmentation" },
        { CocoText.Annotation("[[11,1,14,1,14,4]]"), SourceFault.PolygonOutside, "annotations[1].segmentation" },
        { CocoText.Annotation("[[1,1,1e9,1,4,4]]"), SourceFault.PolygonOutside, "annotations[1].segmentation" },
        { CocoText.Annotation("{}"), SourceFault.WrongField, "annotations[1].segmentation" },
        { Runs("[10, 8]", "[9, 3, 68]"), SourceFault.RunsLength, "runs of 8 x 10 px for a picture of 10 x 8 px" },
        { Runs("[8, 10]", "[9, 3, 67]"), SourceFault.RunsLength, "the runs sum to 79 of 80 px" },
        { Runs("[8, 10]", "[9, 3, 69]"), SourceFault.RunsLength, "run 2 is 69 px after 12 of 80 px" },
        { Runs("[8, 10]", "[9, -3, 74]"), SourceFault.RunsLength, "run 1 is -3 px" },
        { Runs("[8, 10]", "[80]"), SourceFault.MaskEmpty, "annotations[1].segmentation" },
        { Runs("[8, 10]", "\"p\""), SourceFault.RunsText, "Character 0 of the RLE text" },
        { Runs("[8, 10]", "\"o\""), SourceFault.RunsText, "ends within the run" },
        { Runs("[8, 10]", "7"), SourceFault.WrongField, "annotations[1].segmentation" },
        { Runs("8", "[9, 3, 68]"), SourceFault.WrongField, "annotations[1].segmentation" },
    };

    public static TheoryData<string, string> WrongFiles => new()
    {
        { "", "byte 0, line 1, top level: The input does not contain any JSON tokens" },
        { "[]", "the file must hold an object" },
        { "7", "the file must hold an object" },
        { "{}", "the file has no \"images\"" },
        { """{"images": [], "categories": []}""", "the file has no \"annotations\"" },
        { """{"images": {}, "categories": [], "annotations": []}""", "images: an array must stand here" },
        { """{"images": [], "categories": [], "annotations": 7}""", "annotations: an array must stand here" },
        { """{"images": [], "images": []}""", "\"images\" stands here a second time" },
        { "{\"images\": [],\n \"annotations\": [\n {\"bbox\": [NaN]}]}", "line 3, annotations[0]" },
        { """{"images": [], "categories": [], "annotations": []} x""", "byte 52, line 1" },
        { "\uFEFF{", "byte 4, line 1" },
    };

    [Theory]
    [MemberData(nameof(WrongAnnotations))]
    public async Task Wrong_annotation_is_counted_and_the_others_stay(string wrong, SourceFault fault, string words)
    {
        (List<RealGroup> groups, CocoSource source) = await CocoText.ReadAsync(
            CocoText.With(CocoText.Annotation(), wrong, CocoText.Annotation(id: 2)));

        Assert.Equal([1L, 2L], groups.Single().Instances.Select(one => one.Id));
        Assert.Equal((1, 1), (source.Problems.Total, source.Problems.Count(fault)));
        Assert.Contains(words, source.Problems.Listed.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongFiles))]
    public async Task Wrong_file_is_refused_with_its_place(string json, string words)
    {
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => CocoText.ReadAsync(json));

        Assert.StartsWith("some.json: byte ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id": 7, "file_name": "b.png", "width": 10, "height": 8}""", SourceFault.DuplicateId)]
    [InlineData("""{"id": 8, "file_name": "b.png", "width": 0, "height": 8}""", SourceFault.WrongField)]
    [InlineData("""{"id": 8, "file_name": "b.png", "width": 1e6, "height": 1e6}""", SourceFault.WrongField)]
    [InlineData("""{"id": 8, "width": 10, "height": 8}""", SourceFault.WrongField)]
    [InlineData("""{"id": 8, "coco_url": "b", "width": 10, "height": 8}""", SourceFault.WrongField)]
    [InlineData("""{"id": 8, "file_name": "\ud800", "width": 10, "height": 8}""", SourceFault.WrongField)]
    [InlineData("8", SourceFault.WrongField)]
    public async Task Wrong_image_is_counted_and_the_others_stay(string wrong, SourceFault fault)
    {
        string json = CocoText.With(CocoText.Annotation()).Replace(
            "\"images\": [", "\"images\": [" + Images(wrong), StringComparison.Ordinal);

        (List<RealGroup> groups, CocoSource source) = await CocoText.ReadAsync(json);

        Assert.Equal("a.png", groups.Single().Image.Name);
        Assert.Equal((1, 1), (source.Problems.Total, source.Problems.Count(fault)));

        static string Images(string wrong) =>
            """{"id": 7, "file_name": "a.png", "width": 10, "height": 8},""" + wrong + """, {"id": 9, "file_name": """
            + "\"c.png\", \"width\": 1, \"height\": 1}], \"was\": [";
    }

    [Fact]
    public async Task Annotation_larger_than_the_bound_is_counted_and_the_others_stay()
    {
        string large = CocoText.Annotation($"[[{string.Join(',', Enumerable.Repeat("1.5,2.5", 50_000))}]]", id: 2);
        byte[] json = Encoding.UTF8.GetBytes(CocoText.With(CocoText.Annotation(), large, CocoText.Annotation(id: 3)));

        (List<RealGroup> groups, CocoSource source) = await CocoText.ReadAsync(
            () => new MemoryStream(json), new() { AnnotationsFile = "some.json", ItemBytesMax = 64 << 10 });

        Assert.Equal([1L, 3L], groups.Single().Instances.Select(one => one.Id));
        Assert.Equal(1, source.Problems.Count(SourceFault.TooLarge));
        Assert.StartsWith("annotations[1]", source.Problems.Listed[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_larger_than_the_bound_is_refused()
    {
        byte[] json = Encoding.UTF8.GetBytes($$"""{"info": "{{new string('x', 2 << 20)}}"}""");

        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(() => CocoText.ReadAsync(
            () => new MemoryStream(json), new() { AnnotationsFile = "some.json", ItemBytesMax = 64 << 10 }));

        Assert.Contains("more than 65536 bytes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Picture_that_cannot_be_had_is_counted_with_its_reason()
    {
        using TempFolder folder = new();
        string json = CocoText.With(CocoText.Annotation());
        (List<RealGroup> none, CocoSource missing) = await CocoText.ReadAsync(json, folder.Path);
        await File.WriteAllTextAsync(folder.File("a.png"), "no picture");
        (List<RealGroup> groups, CocoSource source) = await CocoText.ReadAsync(json, folder.Path);
        RgbImage? unreadable = RealPicture.Load(groups[0], ImageLimits.Default, source.Problems);
        await File.WriteAllBytesAsync(folder.File("a.png"), ImageCodec.EncodePng(TestImages.Noise(8, 10, seed: 1)));
        RgbImage? otherSize = RealPicture.Load(groups[0], ImageLimits.Default, source.Problems);
        File.Delete(folder.File("a.png"));
        RgbImage? gone = RealPicture.Load(groups[0], ImageLimits.Default, source.Problems);

        Assert.Empty(none);
        Assert.Equal(1, missing.Problems.Count(SourceFault.ImageMissing));
        Assert.All([unreadable, otherSize, gone], Assert.Null);
        Assert.Equal(1, source.Problems.Count(SourceFault.ImageUnreadable));
        Assert.Equal(1, source.Problems.Count(SourceFault.ImageSize));
        Assert.Equal(1, source.Problems.Count(SourceFault.ImageMissing));
    }

    [Theory]
    [InlineData("../a.png")]
    [InlineData("/etc/passwd")]
    [InlineData("x/../../a.png")]
    public async Task Name_that_leads_out_of_the_folder_is_not_followed(string name)
    {
        using TempFolder folder = new();

        (List<RealGroup> groups, CocoSource source) = await CocoText.ReadAsync(
            CocoText.With(CocoText.Annotation()).Replace("a.png", name, StringComparison.Ordinal), folder.Path);

        Assert.Empty(groups);
        Assert.Equal(1, source.Problems.Count(SourceFault.ImageName));
    }

    [Fact]
    public async Task Problems_are_listed_up_to_a_bound_and_counted_beyond()
    {
        (_, CocoSource source) = await CocoText.ReadAsync(
            CocoText.With([.. Enumerable.Range(0, 500).Select(id => CocoText.Annotation(id: id, image: 99))]));

        Assert.Equal(500, source.Problems.Count(SourceFault.UnknownImage));
        Assert.Equal(SourceProblems.ListedMax, source.Problems.Listed.Count);
    }

    private static string Runs(string size, string counts) =>
        CocoText.Annotation($$"""{"size": {{size}}, "counts": {{counts}}}""");
}
