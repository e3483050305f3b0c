using System.Text.Json;
using Kernels.Masks;
using Tests.Shared;

namespace Kernels.Tests.Masks;

/// <summary>
/// Goal: equality with the reference implementation, pycocotools. Method: one Python process reads masks as JSON lines
/// and answers with its own text, area and decoding.
/// </summary>
public sealed class CocoRleForeignTests
{
    private const string Python = "/usr/bin/python3";

    private const string EncodeScript = """
        import sys, json, numpy, pycocotools.mask as coco
        for line in sys.stdin:
            h, w, rows = json.loads(line)
            mask = numpy.frombuffer(bytes.fromhex(rows), numpy.uint8).reshape(h, w)
            rle = coco.encode(numpy.asfortranarray(mask))
            back = numpy.ascontiguousarray(coco.decode(rle))
            print(json.dumps([rle["counts"].decode(), int(coco.area(rle)), back.tobytes().hex()]))
        """;

    private const string RunsScript = """
        import sys, json, pycocotools.mask as coco
        for line in sys.stdin:
            h, w, runs = json.loads(line)
            rle = coco.frPyObjects({"size": [h, w], "counts": runs}, h, w)
            print(json.dumps([rle["counts"].decode(), int(coco.area(rle))]))
        """;

    [Fact]
    public async Task Random_masks_have_the_text_area_and_decoding_of_pycocotools()
    {
        Random random = new(20260101);
        (int Width, int Height, byte[] Mask)[] masks =
        [
            .. Enumerable.Range(0, 200).Select(n => (Width: random.Next(1, 300), Height: random.Next(1, 200), Seed: n))
                .Select(one => (one.Width, one.Height, CocoRleTests.Texture(
                    one.Width, one.Height, one.Seed, 0.1 + (one.Seed % 9 / 10.0), stretch: 1 + (one.Seed % 40)))),
        ];

        JsonElement[] answers = await AskAsync(
            EncodeScript,
            masks.Select(one => $"[{one.Height},{one.Width},\"{Convert.ToHexStringLower(one.Mask)}\"]"));

        Assert.Equal(masks.Length, answers.Length);
        Assert.All(masks.Zip(answers), pair =>
        {
            int[] runs = CocoRle.Encode(pair.First.Mask, pair.First.Width, pair.First.Height);
            Assert.Equal(pair.Second[0].GetString(), CocoRle.ToText(runs));
            Assert.Equal(pair.Second[1].GetInt64(), CocoRle.Area(runs));
            Assert.Equal(pair.Second[2].GetString(), Convert.ToHexStringLower(pair.First.Mask));
        });
    }

    [Fact]
    public async Task Crowd_annotations_of_COCO_have_the_text_and_area_of_pycocotools()
    {
        (int Width, int Height, int[] Runs)[] crowds = [.. Crowds()];

        JsonElement[] answers = await AskAsync(
            RunsScript, crowds.Select(one => $"[{one.Height},{one.Width},{JsonSerializer.Serialize(one.Runs)}]"));

        Assert.All(crowds.Zip(answers), pair =>
        {
            Assert.Equal(pair.Second[0].GetString(), CocoRle.ToText(pair.First.Runs));
            Assert.Equal(pair.Second[1].GetInt64(), CocoRle.Area(pair.First.Runs));
        });
    }

    [Fact]
    public void Crowd_annotations_of_COCO_survive_the_round_trip()
    {
        Assert.All(Crowds(), one =>
        {
            byte[] mask = new byte[one.Width * one.Height];
            CocoRle.Decode(one.Runs, one.Width, one.Height, mask);
            Assert.Equal(mask.Count(value => value == 1), CocoRle.Area(one.Runs));
            Assert.Equal(one.Runs, CocoRle.Encode(mask, one.Width, one.Height));
            Assert.Equal(one.Runs, CocoRle.FromText(CocoRle.ToText(one.Runs)));
        });
    }

    // Their "area" is no reference: pycocotools too counts another number of pixels in their runs.
    private static List<(int Width, int Height, int[] Runs)> Crowds()
    {
        string? path = Repository.Shared("data", "coco-tiny", "annotations", "instances_train2017.json");
        Assert.SkipWhen(path is null, "../shared/data/coco-tiny is not there: put COCO annotations there to run this");
        using JsonDocument coco = JsonDocument.Parse(File.ReadAllBytes(path));
        List<(int Width, int Height, int[] Runs)> crowds = [];
        foreach (JsonElement one in coco.RootElement.GetProperty("annotations").EnumerateArray())
        {
            JsonElement segmentation = one.GetProperty("segmentation");
            if (segmentation.ValueKind == JsonValueKind.Object)
            {
                int[] size = segmentation.GetProperty("size").Deserialize<int[]>()!;
                int[] runs = segmentation.GetProperty("counts").Deserialize<int[]>()!;
                crowds.Add((size[1], size[0], runs));
            }
        }

        Assert.NotEmpty(crowds);
        return crowds;
    }

    private static async Task<JsonElement[]> AskAsync(string script, IEnumerable<string> lines)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not there: install python3");
        Command probe = await Command.RunAsync(Python, ["-c", "import numpy, pycocotools.mask"]);
        Assert.SkipUnless(probe.ExitCode == 0, "pycocotools is not there: install python3-numpy and pycocotools");
        Command answer = await Command.RunAsync(Python, ["-c", script], input: string.Join('\n', lines) + "\n");
        Assert.True(answer.ExitCode == 0, answer.Error);
        return
        [
            .. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<JsonElement>(line)),
        ];
    }
}
