using System.Globalization;
using System.Text;
using Engine.Items;

namespace Host.Bench;

/// <summary>Samples of one size for the benches of store and delivery: noise for a picture, a JSON as real ones.
/// </summary>
/// <param name="bytes">Of picture, mask and JSON together, 4,096 or more.</param>
internal sealed class BenchSamples(int bytes)
{
    private const int MaskBytes = 512;

    private readonly Random _random = new(bytes);
    private int _made;

    /// <summary>Makes some more; no two are alike.</summary>
    /// <param name="count">How many.</param>
    public Sample[] Next(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private Sample Next()
    {
        string id = (0x9E3779B97F4A7C15UL * (ulong)++_made).ToString("x16", CultureInfo.InvariantCulture);
        byte[] json = Json(id);
        byte[] image = new byte[bytes - MaskBytes - json.Length];
        _random.NextBytes(image);
        return new Sample
        {
            Key = $"{id}-000000", Category = "bath towel", PromptId = id, Attempt = 0, Image = image,
            ImageExtension = "png", MaskPng = image.AsMemory(0, MaskBytes), Json = json,
        };
    }

    private static byte[] Json(string id) => Encoding.UTF8.GetBytes($$"""
        {"version":1,"key":"{{id}}-000000","category":"bath towel","prompt":"a photo of a single bath towel, in a
         white background","prompt_id":"{{id}}","attempt":0,"seed":"8370183648127364501","width":512,"height":512,
        "box":[101,87,310,333],"area":73210,"segmentation":{"size":[512,512],"counts":"PYU15Ub03L3N2N2O0O2N101N2O0000001
        O00001O0000000000001O0000001N101O0O2O1N2N3M2MWhZ5"},"annotator":"sam","predicted_iou":0.9731,
        "measures":{"area_ratio":0.2793,"background_deviation":3.0,"border_px":0.0,"predicted_iou":0.9731},
        "scores":{"real":0.7211},"embedder":"clip","generator":"sd","lineage":{"family":"sd","guidance":"7.5",
        "model":"stable","provider":"Cuda","scheduler":"PNDM","steps":"25"},"run":{"id":"bench","seed":"42"},
        "software":"headwater 0.1.0"}
        """.ReplaceLineEndings("").Replace("  ", "", StringComparison.Ordinal));
}
