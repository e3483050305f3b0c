using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Engine.Index.Sources;
using Engine.Items;
using Kernels.Masks;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>
/// Goal: every annotation of COCO has the mask that COCO's own tools give it. Method: values stored beside this file,
/// which maskApi.c of cocodataset/cocoapi 8c9bcc3 gave on 2026-11-21 for all 705 annotations of coco-tiny (644 of one
/// polygon, 55 of several, 6 crowds of runs): area, box, and the length and first 64 bits of the SHA-256 of the text.
/// </summary>
public sealed class CocoMaskTests
{
    [Fact]
    public async Task All_annotations_have_the_area_box_and_text_of_the_reference()
    {
        Dictionary<long, string> expected = File
            .ReadLines(Repository.Path("tests", "Engine.Tests", "Index", "coco-tiny-masks.csv"))
            .Skip(1)
            .ToDictionary(line => long.Parse(line.Split(',')[0], CultureInfo.InvariantCulture));
        await using CocoSource source = await CocoSource.OpenAsync(
            CocoText.Tiny(), TestContext.Current.CancellationToken);
        Dictionary<long, string> actual = [];
        await foreach (RealGroup group in source.ReadAsync(TestContext.Current.CancellationToken))
        {
            foreach (RealInstance one in group.Instances)
            {
                actual.Add(one.Id, Line(one));
            }
        }

        Assert.Equal(705, expected.Count);
        Assert.Equal(expected.OrderBy(entry => entry.Key), actual.OrderBy(entry => entry.Key));
    }

    private static string Line(RealInstance one)
    {
        (int width, int height) = (one.Image.Width, one.Image.Height);
        BinaryMask mask = one.Segmentation!.ToMask(width, height);
        int[] runs = CocoRle.Encode(mask.Values, width, height);
        MaskMeasures of = MaskMeasures.Of(mask.Values, width, height);
        string text = CocoRle.ToText(runs);
        Assert.Equal(runs, CocoRle.FromText(text));
        Assert.Equal(of.AreaPx, CocoRle.Area(runs));
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))[..16];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Id},{of.AreaPx},{of.Left},{of.Top},{of.Width},{of.Height},{text.Length},{hash}");
    }
}
