using System.Text.Json;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: the same plan and seed give the same samples, byte for byte, in another process, with several generators.
/// Method: two daemons with data directories of their own; the gates let all pass, so that the set of tries is fixed.
/// </summary>
public sealed class ReproducibilityTests : IDisposable
{
    private const int Samples = 9;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_processes_make_the_same_samples_of_the_same_plan()
    {
        Dictionary<string, byte[]> first = await RunAsync("a");
        Dictionary<string, byte[]> second = await RunAsync("b");

        Assert.Equal(3 * Samples, first.Count);
        Assert.Equal(first.Keys.Order(StringComparer.Ordinal), second.Keys.Order(StringComparer.Ordinal));
        Assert.All(first, file => Assert.True(
            file.Value.AsSpan().SequenceEqual(second[file.Key]), $"{file.Key} is not the same"));
        string[] generators = [.. first.Where(file => file.Key.EndsWith(".json", StringComparison.Ordinal))
            .Select(file => Json(file.Value).GetProperty("generator").GetString()!).Distinct().Order()];
        Assert.Equal(["library", "mini"], generators);
        JsonElement lineage = first.Values.Where(bytes => bytes[0] == '{').Select(Json)
            .First(json => json.GetProperty("generator").GetString() == "mini").GetProperty("lineage");
        foreach (string entry in new[] { "model_revision", "seed", "scheduler", "steps", "guidance" })
        {
            Assert.True(lineage.TryGetProperty(entry, out _), $"the lineage lacks {entry}: {lineage}");
        }
    }

    private static JsonElement Json(byte[] bytes)
    {
        using JsonDocument document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }

    private async Task<Dictionary<string, byte[]>> RunAsync(string name)
    {
        string config = _folder.File($"{name}.yaml");
        await File.WriteAllTextAsync(config, $"""
            plan: {"{quota: 3, categories: [{name: apple}, {name: guitar}, {name: mushroom}]}"}
            generators:
              - library:
                  source: {Repository.Npm("fluent-emoji-3d", "assets")}
                  names: {Repository.Npm("unicode-emoji-json", "data-by-emoji.json")}
                  picture_side_px: 128
              - {"{name: mini, kind: diffusion, diffusion: {steps: 2, guidance_scale: 2, folder: "}{Pack}{"}}"}
            annotator: {"{kind: salient, salient: {model: "}{Repository.Npm("u2netp", "u2netp.onnx")}{"}}"}
            annotate: {"{area_ratio_min: 0, area_ratio_max: 1, border_touch_max_px: 32768,"}
              background_deviation_max: 255{"}"}
            store: {"{directory: "}{_folder.File(name)}, free_bytes_min: 0{"}"}
            transport: {"{listen: ["}"tcp://127.0.0.1:0"{"]}"}
            http: {"{listen: "}"http://127.0.0.1:0"{"}"}
            """);
        using DaemonProcess daemon = await DaemonProcess.StartAsync(config);
        string output = _folder.File($"{name}-out");
        Command consumer = await DaemonProcess.RunAsync(
            "consume", "--connect", daemon.Samples, "--group", "g", "--count", $"{Samples}", "--output", output);
        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
        return Directory.GetFiles(output).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);
    }

    private static string Pack => Repository.Path("models", "mini", "t2i");
}
