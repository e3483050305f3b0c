using System.Globalization;
using System.Text.Json;
using Engine.Imaging;
using Engine.Items;
using Engine.Store;
using Host.Configuration;
using Host.Lifecycle;

namespace Host.Explain;

/// <summary>Explains how a try of a store ended.</summary>
internal static class ExplainSample
{
    /// <summary>Prints what the store knows, and, with a configuration, how its filters judge the sample.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="key">The try's key.</param>
    /// <param name="config">Whose filters; null for none.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task<ExitCode> RunAsync(
        string directory, string key, HeadwaterConfig? config, CancellationToken stopping)
    {
        using StoreView view = StoreView.Open(directory);
        if (view.Find(key) is { } stored)
        {
            Sample sample = view.Read(stored);
            using JsonDocument json = JsonDocument.Parse(sample.Json);
            PrintStored(stored, json.RootElement);
            if (config is not null)
            {
                Console.Out.WriteLine("judged again by the configuration:");
                await new Explainer(config, Console.Out).RunAsync(Again(sample, json.RootElement), stopping)
                    .ConfigureAwait(false);
            }

            return ExitCode.Ok;
        }

        if (TryOf(key) is not var (promptId, attempt) || view.Ended(promptId, attempt) is not { } ended)
        {
            await Console.Error.WriteLineAsync(
                $"headwater explain: {directory} has no try '{key}' that ended, and no such picture is there; a key is "
                + "PROMPT_ID-ATTEMPT, as 0123456789abcdef-000000").ConfigureAwait(false);
            return ExitCode.Unavailable;
        }

        Console.Out.WriteLine($"{key}, '{ended.Category}': rejected by {ended.Stage} ({ended.Reason})");
        Console.Out.WriteLine(ended.Detail is { } detail ? $"  {detail}" : "  no detail was kept");
        Console.Out.WriteLine("  no picture of a rejected try is kept; its seed makes it again");
        return ExitCode.Ok;
    }

    private static (string PromptId, int Attempt)? TryOf(string key)
    {
        int cut = key.LastIndexOf('-');
        return cut > 0 && int.TryParse(key[(cut + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int at)
            ? (key[..cut], at)
            : null;
    }

    private static void PrintStored(in StoredSample stored, JsonElement json)
    {
        Console.Out.WriteLine($"{stored.Key}, '{stored.Category}': accepted as sample {stored.Sequence}");
        Console.Out.WriteLine($"  prompt: {json.GetProperty("prompt").GetString()}");
        JsonElement bounds = json.TryGetProperty("bounds", out JsonElement given) ? given : default;
        JsonElement near = json.TryGetProperty("neighbours", out JsonElement found) ? found : default;
        foreach (JsonProperty score in json.GetProperty("scores").EnumerateObject())
        {
            Console.Out.WriteLine(
                $"  {score.Name} {score.Value}{Said(", compared with ", bounds, score.Name)}"
                + Said(", nearest ", near, score.Name));
        }

        foreach (JsonProperty measure in json.GetProperty("measures").EnumerateObject())
        {
            Console.Out.WriteLine($"  {measure.Name} {measure.Value}");
        }
    }

    private static string Said(string what, JsonElement map, string name) =>
        map.ValueKind == JsonValueKind.Object && map.TryGetProperty(name, out JsonElement value)
            ? $"{what}{value}"
            : "";

    private static Annotated Again(Sample sample, JsonElement json)
    {
        BinaryMask mask = ImageCodec.DecodeMask(sample.MaskPng.Span, ImageLimits.Default);
        int[] box = [.. json.GetProperty("box").EnumerateArray().Select(side => side.GetInt32())];
        return new Annotated
        {
            Picture = new Picture(
                new Prompt
                {
                    Id = sample.PromptId, Category = sample.Category, Attempt = sample.Attempt,
                    Text = json.GetProperty("prompt").GetString()!,
                    Seed = ulong.Parse(json.GetProperty("seed").GetString()!, CultureInfo.InvariantCulture),
                },
                ImageCodec.DecodeRgb(sample.Image.Span, ImageLimits.Default),
                json.GetProperty("generator").GetString()!,
                new Dictionary<string, string>()),
            Mask = mask,
            Box = new Box(box[0], box[1], box[2], box[3]),
            AreaPx = json.GetProperty("area").GetInt32(),
            Annotator = json.GetProperty("annotator").GetString()!,
            PredictedIou = Number(json.GetProperty("predicted_iou")),
            Measures = json.GetProperty("measures").EnumerateObject()
                .ToDictionary(measure => measure.Name, measure => Number(measure.Value)),
        };
    }

    private static double Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetDouble() : double.NaN;
}
