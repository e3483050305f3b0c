using System.Text;
using Engine.Index.Sources;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>Small jsons in COCO's format, and what a reading of one gives.</summary>
internal static class CocoText
{
    public const string Square = "[[1,1,4,1,4,4,1,4]]";

    /// <summary>One image of 10 x 8 px (id 7), one category (id 3), and these annotations.</summary>
    public static string With(params string[] annotations) => $$"""
        {"images": [{"id": 7, "file_name": "a.png", "width": 10, "height": 8}],
         "categories": [{"id": 3, "name": "otter"}],
         "annotations": [{{string.Join(",\n", annotations)}}]}
        """;

    public static string Annotation(
        string segmentation = Square, string box = "[1,1,3,3]", int id = 1, int image = 7, int category = 3) =>
        $$"""{"id": {{id}}, "image_id": {{image}}, "category_id": {{category}}, "bbox": {{box}}, """
        + $$""" "area": 9, "iscrowd": 0, "segmentation": {{segmentation}}}""";

    public static Task<(List<RealGroup> Groups, CocoSource Source)> ReadAsync(string json, string? images = null) =>
        ReadAsync(Encoding.UTF8.GetBytes(json), images);

    public static Task<(List<RealGroup> Groups, CocoSource Source)> ReadAsync(byte[] json, string? images = null) =>
        ReadAsync(() => new MemoryStream(json), new() { AnnotationsFile = "some.json", ImageFolder = images });

    public static async Task<(List<RealGroup> Groups, CocoSource Source)> ReadAsync(
        Func<Stream> open, CocoSourceOptions options)
    {
        await using CocoSource source = await CocoSource.OpenAsync(open, options, CancellationToken.None);
        List<RealGroup> groups = await source.ReadAsync(CancellationToken.None).ToListAsync();
        return (groups, source);
    }

    /// <summary>The COCO data the tests use; skips the test where it is not there.</summary>
    public static CocoSourceOptions Tiny()
    {
        string? folder = Repository.Shared("data", "coco-tiny");
        Assert.SkipWhen(folder is null, "The data set shared/data/coco-tiny is not beside the checkout.");
        return new()
        {
            AnnotationsFile = Path.Combine(folder, "annotations", "instances_train2017.json"),
            ImageFolder = Path.Combine(folder, "train2017"),
        };
    }
}
