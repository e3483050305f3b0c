using System.Globalization;
using System.Text.Json;
using Engine.Export;
using Engine.Items;
using Engine.Store;
using Engine.Tests.Store;
using FsCheck;
using FsCheck.Fluent;
using Kernels.Masks;
using Tests.Shared;

namespace Engine.Tests.Export;

/// <summary>Goal: the polygons are the masks, with parts and holes, and the data set is the store's samples once.
/// </summary>
public sealed class YoloExportTests : IDisposable
{
    private const string FillLabels = """
        import json, os, sys
        import cv2, numpy as np
        folder, fine = sys.argv[1], 16
        for name in sorted(os.listdir(folder + "/labels/train")):
            key = name[:-4]
            picture = cv2.imread(folder + "/images/train/" + key + ".png")
            h, w = picture.shape[:2]
            for line in open(folder + "/labels/train/" + name):
                parts = line.split()
                points = np.array(parts[1:], dtype=float).reshape(-1, 2) * [w, h] * fine
                big = np.zeros((h * fine, w * fine), np.uint8)
                cv2.fillPoly(big, [np.round(points).astype(np.int32)], 1)
                mask = big[fine // 2::fine, fine // 2::fine]
                print(json.dumps({"key": key, "class": int(parts[0]), "mask": "".join(map(str, mask.ravel()))}))
        """;

    private const string CountOutlines = """
        import json, sys
        import cv2, numpy as np
        for case in json.load(open(sys.argv[1])):
            mask = np.frombuffer(case["mask"].encode(), np.uint8).reshape(case["height"], case["width"]) - 48
            found, tree = cv2.findContours(mask.copy(), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
            parents = [] if tree is None else tree[0][:, 3].tolist()
            print(sum(p < 0 for p in parents), sum(p >= 0 for p in parents))
        """;

    private readonly StoreFolder _store = new();
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task OpenCV_fills_the_polygons_to_the_masks()
    {
        Dictionary<string, BinaryMask> masks = [];
        Sample[] samples = await MadeStore.FillAsync(_store, 0, 12, number => Blobs(number, 60, 45));
        for (int i = 0; i < samples.Length; i++)
        {
            masks[samples[i].Key] = Blobs(i, 60, 45);
        }

        using StoreView view = StoreView.Open(_store.Path);
        new YoloExport(view, _folder.Path, valPercent: 0).Run(null, Token);
        string said = await Python.RunAsync(
            [("cv2", "python3-opencv"), ("numpy", "python3-numpy")], FillLabels, _folder.Path);

        JsonElement[] lines =
            [.. said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(masks.Count, lines.Length);
        foreach (JsonElement line in lines)
        {
            byte[] filled = [.. line.GetProperty("mask").GetString()!.Select(digit => (byte)(digit - '0'))];
            byte[] mask = masks[line.GetProperty("key").GetString()!].Values;
            double both = mask.Zip(filled, (a, b) => a & b).Sum();
            double any = mask.Zip(filled, (a, b) => a | b).Sum();
            Assert.True(both / any >= 0.98, $"IoU {both / any}"); // fillPoly also draws the lines between the outlines
        }
    }

    [Fact]
    public async Task OpenCV_finds_as_many_parts_and_holes()
    {
        BinaryMask[] masks =
            [.. Enumerable.Range(0, 60).Select(number => Noise(number, 3 + (number % 17), 2 + (number % 13)))];
        await File.WriteAllTextAsync(_folder.File("masks.json"), JsonSerializer.Serialize(masks.Select(mask => new
        {
            width = mask.Width, height = mask.Height, mask = string.Concat(mask.Values),
        })), Token);

        string said = await Python.RunAsync(
            [("cv2", "python3-opencv"), ("numpy", "python3-numpy")], CountOutlines, _folder.File("masks.json"));

        IEnumerable<string> ours = masks.Select(mask =>
        {
            IReadOnlyList<int[]> outlines = MaskContours.Trace(mask.Values, mask.Width, mask.Height);
            int parts = outlines.Count(outline => MaskContours.TwiceArea(outline) > 0);
            return $"{parts} {outlines.Count - parts}";
        });
        Assert.Equal(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), ours);
    }

    [Fact]
    public void Outlines_and_the_joined_polygon_hold_exactly_the_masks_pixels() =>
        Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(
            Gen.Choose(0, 1_000_000).ToArbitrary(), seed =>
            {
                BinaryMask mask = Noise(seed, 1 + (seed % 23), 1 + (seed % 19));
                IReadOnlyList<int[]> outlines = MaskContours.Trace(mask.Values, mask.Width, mask.Height);
                Assert.Equal(2 * mask.Values.Sum(value => value), outlines.Sum(at => MaskContours.TwiceArea(at)));
                if (outlines.Count > 0)
                {
                    List<int> polygon = YoloExport.Polygon(mask.Values, mask.Width, mask.Height);
                    Assert.Equal(mask.Values, EvenOdd(polygon, mask.Width, mask.Height));
                }
            }));

    [Fact]
    public async Task Classes_names_and_splits_stay_over_runs_and_every_sample_is_there_once()
    {
        Sample[] first = await MadeStore.FillAsync(_store, 0, 7);
        using StoreView view = StoreView.Open(_store.Path);
        long one = new YoloExport(view, _folder.Path, valPercent: 30).Run(null, Token);
        string label = Labels().First();
        string before = await File.ReadAllTextAsync(label, Token);
        Sample[] second = await MadeStore.FillAsync(_store, 7, 40);

        long two = new YoloExport(view, _folder.Path, valPercent: 30).Run(null, Token);
        long none = new YoloExport(view, _folder.Path, valPercent: 30).Run(null, Token);

        Assert.Equal((7L, 40L, 0L), (one, two, none));
        Assert.Equal(before, await File.ReadAllTextAsync(label, Token));
        Assert.Equal(
            first.Concat(second).Select(sample => sample.Key).Order(StringComparer.Ordinal),
            Labels().Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal));
        Assert.InRange(Directory.GetFiles(_folder.File("images/val")).Length, 5, 25);
        Assert.Equal(
            "path: .\ntrain: images/train\nval: images/val\nnames:\n"
            + "  0: \"category 0\"\n  1: \"category 1\"\n  2: \"category 2\"\n",
            await File.ReadAllTextAsync(_folder.File("data.yaml"), Token));
        ExportException other = Assert.Throws<ExportException>(
            () => new YoloExport(view, _folder.Path, valPercent: 10).Run(null, Token));
        Assert.Contains("yolo, val 30 %", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_stopped_anywhere_and_resumed_is_the_export_made_at_once()
    {
        await MadeStore.FillAsync(_store, 0, 9);
        using StoreView view = StoreView.Open(_store.Path);
        new YoloExport(view, _folder.File("whole"), 0).Run(null, Token);
        byte[] log = await File.ReadAllBytesAsync(_folder.File("whole/export.jsonl"), Token);
        Random random = new(5);
        for (int round = 0; round < 8; round++)
        {
            string folder = _folder.File(string.Create(CultureInfo.InvariantCulture, $"cut-{round}"));
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, "export.jsonl"), log[..random.Next(log.Length)], Token);

            new YoloExport(view, folder, 0).Run(null, Token);

            Assert.Equal(log, await File.ReadAllBytesAsync(Path.Combine(folder, "export.jsonl"), Token));
            Assert.Equal(
                await File.ReadAllTextAsync(_folder.File("whole/data.yaml"), Token),
                await File.ReadAllTextAsync(Path.Combine(folder, "data.yaml"), Token));
        }
    }

    private string[] Labels() => Directory.GetFiles(_folder.File("labels"), "*.txt", SearchOption.AllDirectories);

    private static BinaryMask Noise(int seed, int width, int height)
    {
        Random random = new(seed);
        byte[] mask = new byte[width * height];
        double share = random.NextDouble();
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = (byte)(random.NextDouble() < share ? 1 : 0);
        }

        return new BinaryMask(width, height, mask);
    }

    // Two discs, one with a hole.
    private static BinaryMask Blobs(int seed, int width, int height)
    {
        Random random = new(seed);
        byte[] mask = new byte[width * height];
        (int radius, int hole) = (11 + random.Next(5), 3 + random.Next(5));
        for (int i = 0; i < mask.Length; i++)
        {
            (int y, int x) = Math.DivRem(i, width);
            double near = Math.Sqrt(((x - 18) * (x - 18)) + ((y - 20) * (y - 20)));
            double far = Math.Sqrt(((x - 46) * (x - 46)) + ((y - 30) * (y - 30)));
            mask[i] = (byte)((near < radius && near > hole) || far < radius - 4 ? 1 : 0);
        }

        return new BinaryMask(width, height, mask);
    }

    // A pixel's middle is inside when a line from it to the right crosses the polygon an odd number of times.
    private static byte[] EvenOdd(List<int> polygon, int width, int height)
    {
        byte[] mask = new byte[width * height];
        for (int i = 0; i < mask.Length; i++)
        {
            (double y, double x) = ((i / width) + 0.5, (i % width) + 0.5);
            for (int corner = 0; corner < polygon.Count; corner += 2)
            {
                // From the upper end, so that a line walked there and back is rounded the same way twice.
                (int at, int next) = (corner, (corner + 2) % polygon.Count);
                (at, next) = polygon[at + 1] <= polygon[next + 1] ? (at, next) : (next, at);
                (double x1, double y1, double x2, double y2) =
                    (polygon[at], polygon[at + 1], polygon[next], polygon[next + 1]);
                if ((y1 > y) != (y2 > y) && x < x1 + ((y - y1) / (y2 - y1) * (x2 - x1)))
                {
                    mask[i] ^= 1;
                }
            }
        }

        return mask;
    }
}
