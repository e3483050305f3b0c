using System.Text;
using System.Text.Json;
using Engine.Imaging;
using Engine.Items;
using Engine.Runtimes.CopyPaste;
using Kernels.Compositing;
using Kernels.Masks;
using Tests.Shared;
using Maker = Engine.Runtimes.CopyPaste.CopyPaste;

namespace Engine.Tests.Runtimes.CopyPaste;

/// <summary>Goal: a composed picture is a function of seed and position, and its annotations say what is seen. Method:
/// laws over random pools on the reference composite; Python's json, Pillow and numpy as the foreign reader.</summary>
public sealed class CopyPasteTests
{
    private static readonly string[] Names = ["bath towel", "otter", "unknown thing"];

    private const string CheckByPython = """
        import io, json, os, sys
        import numpy as np
        from PIL import Image
        def runs(text):
            out, at = [], 0
            while at < len(text):
                value, shift, more = 0, 0, True
                while more:
                    c = ord(text[at]) - 48; at += 1
                    value |= (c & 31) << shift; shift += 5; more = bool(c & 32)
                if c & 16: value -= 1 << shift
                out.append(value + (out[-2] if len(out) > 2 else 0))
            return out
        folder, backgrounds = sys.argv[1], sys.argv[2]
        checked = pasted = 0
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".json"): continue
            said = json.load(open(os.path.join(folder, name)))
            image = np.asarray(Image.open(os.path.join(folder, said["image"]["file_name"])).convert("RGB")).astype(int)
            before = np.asarray(Image.open(os.path.join(backgrounds, said["image"]["background"]))).astype(int)
            h, w = said["image"]["height"], said["image"]["width"]
            assert image.shape == (h, w, 3) == before.shape
            changed = np.zeros((h, w), bool)
            top = np.zeros((h, w), int)
            for one in said["annotations"]:
                assert one["image_id"] == said["image"]["id"]
                if "segmentation" not in one: continue
                assert one["segmentation"]["size"] == [h, w]
                counts = runs(one["segmentation"]["counts"])
                mask = np.repeat(np.arange(len(counts)) % 2, counts).reshape(w, h).T.astype(bool)
                ys, xs = np.nonzero(mask)
                assert mask.sum() == one["area"], one
                box = [xs.min(), ys.min(), xs.max() - xs.min() + 1, ys.max() - ys.min() + 1]
                assert box == one["bbox"], (box, one)
                if one["generated"]:
                    top += mask; changed |= mask; pasted += 1
                checked += 1
            assert top.max() <= 1, "two pasted objects claim one pixel"
            for one in said["annotations"]:
                if not one["generated"] and "segmentation" in one:
                    counts = runs(one["segmentation"]["counts"])
                    mask = np.repeat(np.arange(len(counts)) % 2, counts).reshape(w, h).T.astype(bool)
                    assert not (mask & changed).any(), "a real object is claimed where a pasted one lies"
            far = ~changed
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    far &= ~np.roll(np.roll(changed, dy, 0), dx, 1)
            assert np.array_equal(image[far], before[far]) or said["hidden"] > 0
        print(checked, pasted)
        """;

    [Fact]
    public async Task A_picture_depends_on_seed_and_position_only()
    {
        using CopyPasteFolder folder = new(pictures: 5, seed: 1);
        MemoryPool pool = new([.. Enumerable.Range(0, 40).Select(i => Names[i % 3])]);
        await using Maker one = await OpenAsync(folder, pool, new());
        await using Maker other = await OpenAsync(folder, pool, new());
        CancellationToken stopping = TestContext.Current.CancellationToken;
        List<Sample> forward = [];
        for (long k = 1; k <= 10; k++)
        {
            forward.Add(await one.MakeAsync(k, stopping));
        }

        for (long k = 10; k >= 1; k--)
        {
            Sample again = await other.MakeAsync(k, stopping);
            Assert.Equal(forward[(int)k - 1].Image, again.Image);
            Assert.Equal(forward[(int)k - 1].Json, again.Json);
        }

        Assert.Equal(10, forward.Select(sample => Encoding.UTF8.GetString(sample.Json.Span)).Distinct().Count());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(300, 10)]
    public async Task Python_finds_masks_boxes_and_areas_as_they_are_said(int seenMinPx, int edgeMovedMaxPx)
    {
        using CopyPasteFolder folder = new(pictures: 6, seed: 2);
        using TempFolder made = new();
        MemoryPool pool = new([.. Enumerable.Range(0, 80).Select(i => Names[i * 7 % 3])]);
        await using Maker maker = await OpenAsync(
            folder, pool, new() { SeenMinPx = seenMinPx, EdgeMovedMaxPx = edgeMovedMaxPx });
        for (long k = 1; k <= 20; k++)
        {
            ComposedPicture picture = await maker.ComposeAsync(k, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(
                Path.Combine(made.Path, $"{k}.png"), ImageCodec.EncodePng(picture.Image),
                TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(
                Path.Combine(made.Path, $"{k}.json"),
                ComposedJson.Write(k, $"{k}.png", picture, maker.Source), TestContext.Current.CancellationToken);
        }

        string said = await Python.RunAsync(
            [("numpy", "python3-numpy"), ("PIL", "python3-pil")], CheckByPython, made.Path, folder.Images);

        int[] counts = [.. said.Split(' ').Select(int.Parse)];
        Assert.True(counts[0] > 60, said);
        Assert.True(counts[1] > 40, said);
    }

    [Fact]
    public async Task An_object_stays_annotated_by_the_rule_and_by_nothing_else()
    {
        using CopyPasteFolder folder = new(pictures: 6, seed: 3);
        MemoryPool pool = new([.. Enumerable.Range(0, 80).Select(i => Names[i % 3])]);
        CopyPasteOptions rule = new() { SeenMinPx = 120, EdgeMovedMaxPx = 3 };
        await using Maker all = await OpenAsync(folder, pool, rule with { SeenMinPx = 0 });
        await using Maker some = await OpenAsync(folder, pool, rule);
        (int stayed, int gone) = (0, 0);
        for (long k = 1; k <= 20; k++)
        {
            ComposedPicture every = await all.ComposeAsync(k, TestContext.Current.CancellationToken);
            ComposedPicture kept = await some.ComposeAsync(k, TestContext.Current.CancellationToken);
            string[] expected = [.. every.Objects.Where(one => Stays(one.Record, rule)).Select(Say)];

            Assert.Equal(expected, kept.Objects.Select(Say));
            Assert.Equal(every.Image.Pixels, kept.Image.Pixels);
            Assert.Equal(every.Objects.Count + every.Hidden, kept.Objects.Count + kept.Hidden);
            (stayed, gone) = (stayed + expected.Length, gone + every.Objects.Count - expected.Length);
        }

        Assert.True(stayed > 20 && gone > 5, $"{stayed} stayed, {gone} gone");

        static string Say(ComposedObject one) => $"{one.Real?.Id} {one.Pasted?.CutOut.Source.Key} {one.Record}";

        // The reference's rule: no edge of the box moved by more than so much, or more than so many px are left.
        static bool Stays(CompositeRecord of, CopyPasteOptions rule)
        {
            int[] moves =
            [
                of.Left - of.WholeLeft, of.Top - of.WholeTop, of.WholeLeft + of.WholeWidth - of.Left - of.Width,
                of.WholeTop + of.WholeHeight - of.Top - of.Height,
            ];
            return moves.All(move => Math.Abs(move) <= rule.EdgeMovedMaxPx) || of.AreaPx > rule.SeenMinPx;
        }
    }

    [Fact]
    public async Task What_retention_took_is_left_out_and_an_empty_pool_gives_the_real_picture()
    {
        using CopyPasteFolder folder = new(pictures: 3, seed: 4);
        MemoryPool pool = new([.. Enumerable.Range(0, 8).Select(i => Names[i % 3])]);
        pool.Taken.UnionWith([1, 2, 3, 4]);
        await using Maker maker = await OpenAsync(folder, pool, new());

        ComposedPicture bare = await maker.ComposeAsync(1, TestContext.Current.CancellationToken);
        ComposedPicture full = await maker.ComposeAsync(2, TestContext.Current.CancellationToken);

        Assert.All(bare.Objects, one => Assert.NotNull(one.Real));
        Assert.Equal(bare.Background.Image.Pixels, bare.Image.Pixels);
        Assert.All(
            full.Objects.Where(one => one.Pasted is not null),
            one => Assert.InRange(one.Pasted!.CutOut.Source.Sequence, 5, 8));
    }

    [Fact]
    public async Task Categories_have_the_data_sets_numbers_and_those_of_the_plan_come_after_them()
    {
        using CopyPasteFolder folder = new(pictures: 3, seed: 5);
        MemoryPool pool = new([.. Enumerable.Range(0, 60).Select(i => Names[i % 3])]);
        await using Maker maker = await OpenAsync(folder, pool, new());
        Dictionary<string, HashSet<long>> ids = [];
        for (long k = 1; k <= 15; k++)
        {
            Sample made = await maker.MakeAsync(k, TestContext.Current.CancellationToken);
            using JsonDocument json = JsonDocument.Parse(made.Json);
            foreach (JsonElement one in json.RootElement.GetProperty("annotations").EnumerateArray())
            {
                string name = one.GetProperty("category").GetString()!.Replace('_', ' ');
                (ids.TryGetValue(name, out HashSet<long>? of) ? of : ids[name] = [])
                    .Add(one.GetProperty("category_id").GetInt64());
            }
        }

        Assert.Equal([1], ids["bath towel"]);
        Assert.Equal([7], ids["otter"]);
        Assert.Equal([8], ids["unknown thing"]);
    }

    [Fact]
    public async Task A_picture_that_is_gone_is_passed_over_and_a_folder_without_any_is_refused()
    {
        using CopyPasteFolder folder = new(pictures: 3, seed: 6);
        MemoryPool pool = new(["otter"]);
        await using (Maker maker = await OpenAsync(folder, pool, new()))
        {
            File.Delete(Path.Combine(folder.Images, "0001.png"));
            await File.WriteAllBytesAsync(
                Path.Combine(folder.Images, "0002.png"), "no picture"u8.ToArray(),
                TestContext.Current.CancellationToken);
            for (long k = 1; k <= 8; k++)
            {
                ComposedPicture made = await maker.ComposeAsync(k, TestContext.Current.CancellationToken);
                Assert.Equal("0003.png", made.Background.Group.Image.Name);
            }

            File.Delete(Path.Combine(folder.Images, "0003.png"));
            InvalidDataException none = await Assert.ThrowsAsync<InvalidDataException>(
                async () => await maker.ComposeAsync(1, TestContext.Current.CancellationToken));
            Assert.Contains(folder.Images, none.Message, StringComparison.Ordinal);
        }

        File.Delete(Path.Combine(folder.Images, "0002.png"));
        InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(
            () => OpenAsync(folder, pool, new()));
        Assert.Contains("none of the 3 pictures", refused.Message, StringComparison.Ordinal);
    }

    private static Task<Maker> OpenAsync(CopyPasteFolder folder, MemoryPool pool, CopyPasteOptions options) =>
        Maker.OpenAsync(
            options with { Annotations = folder.Json, Images = folder.Images }, pool, new CompositeReference(),
            Names, seed: 42, TestContext.Current.CancellationToken);
}
