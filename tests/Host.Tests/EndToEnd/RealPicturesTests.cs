using System.Text.Json;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>Goal: the embedder and a filter by real pictures, from the configuration to the sample's JSON.</summary>
public sealed class RealPicturesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_passes_carries_its_score_and_what_does_not_is_counted()
    {
        string? model = Repository.Shared("models", "resnet50-imagenet", "resnet50_fp16w.onnx");
        Assert.SkipWhen(model is null, "Needs ../shared/models/resnet50-imagenet.");
        MakeRealApples(); // The library's own; of guitars and teapots there are none.
        string filters = $"""
            embedder: {"{model: {model: "}{model}{"}}"}
            filters:
              - {"{name: real, min: 0.2, prototypes: {folder: "}{_folder.File("real")}, reject_missing: true{"}}"}
            """;
        using DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder, more: filters));
        using HttpClient http = new() { BaseAddress = new Uri(daemon.Http) };

        Command consumer = await DaemonProcess.RunAsync(
            "consume", "--connect", daemon.Samples, "--group", "g", "--count", "2", "--output", _folder.File("out"));
        string metrics = await http.GetStringAsync(
            new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
        Assert.Contains("filter real: 2 real pictures of 1 categories", daemon.Said, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(_folder.File("out"), "*.json"), file =>
        {
            JsonElement sample = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
            Assert.Equal("apple", sample.GetProperty("category").GetString());
            Assert.InRange(sample.GetProperty("scores").GetProperty("real").GetDouble(), 0.2, 1);
        });
        Assert.Matches("headwater_stage_dropped_total\\{[^}]*score_low", metrics);
    }

    private void MakeRealApples()
    {
        Directory.CreateDirectory(_folder.File("real/apple"));
        foreach (string apple in new[] { "1f34e.webp", "1f34f.webp" })
        {
            File.Copy(Repository.Npm("fluent-emoji-3d", "assets", apple), _folder.File($"real/apple/{apple}"));
        }
    }
}
