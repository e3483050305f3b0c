using System.Globalization;
using System.Text;
using Engine.Items;

namespace Engine.Tests.Store;

/// <summary>Makes samples: the same number makes the same sample.</summary>
internal static class Samples
{
    /// <summary>A sample whose parts are random bytes of the lengths given.</summary>
    public static Sample Of(int number, int imageBytes = 700, int maskBytes = 90, string? category = null)
    {
        Random random = new(number);
        (byte[] image, byte[] mask) = (new byte[imageBytes], new byte[maskBytes]);
        random.NextBytes(image);
        random.NextBytes(mask);
        return Of(number, image, mask, category ?? $"category {number % 3}");
    }

    /// <summary>A sample whose picture and mask are real PNG files that any reader can decode.</summary>
    public static Sample Decodable(int number) => Of(
        number,
        TinyPng.Grey(width: 5 + (number % 7), height: 4, value: (byte)number),
        TinyPng.Grey(width: 5 + (number % 7), height: 4, value: 255),
        "sea \"otter\"\n");

    public static Sample[] Range(int first, int count) => [.. Enumerable.Range(first, count).Select(n => Of(n))];

    public static string PromptId(int number) =>
        (0x9E3779B97F4A7C15UL * (ulong)((number / 4) + 1)).ToString("x16", CultureInfo.InvariantCulture);

    public static void AssertSame(Sample expected, Sample actual)
    {
        Assert.Equal(Bare(expected), Bare(actual));
        Assert.Equal(expected.Image, actual.Image);
        Assert.Equal(expected.MaskPng, actual.MaskPng);
        Assert.Equal(expected.Json, actual.Json);
    }

    // Records compare arrays by reference: take them out.
    private static Sample Bare(Sample sample) => sample with { Image = default, MaskPng = default, Json = default };

    // Four tries a prompt, so that prompts have several attempts.
    private static Sample Of(int number, byte[] image, byte[] mask, string category)
    {
        (string promptId, int attempt) = (PromptId(number), number % 4);
        string key = $"{promptId}-{attempt:D6}";
        return new Sample
        {
            Key = key,
            Category = category,
            PromptId = promptId,
            Attempt = attempt,
            Image = image,
            ImageExtension = (number % 3) switch { 0 => "png", 1 => "webp", _ => "jpg" },
            MaskPng = mask,
            Json = Encoding.UTF8.GetBytes($$"""{"key":"{{key}}","number":{{number}}}"""),
        };
    }
}
