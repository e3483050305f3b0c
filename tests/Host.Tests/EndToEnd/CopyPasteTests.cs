using System.Text.Json;
using Engine.Tests.Runtimes.CopyPaste;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>Goal: composed pictures leave the daemon beside its samples, by groups of their own, and come again as they
/// were after a kill. Method: a real daemon, a data set of the test's own, the command line as the consumer.</summary>
public sealed class CopyPasteTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CopyPasteFolder _pictures = new(pictures: 4, seed: 8);

    private string Address => $"unix:{_folder.File("pictures.sock")}";

    public void Dispose()
    {
        _pictures.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Composed_pictures_are_delivered_beside_the_samples_and_again_after_a_kill_as_they_were()
    {
        string config = DaemonProcess.Config(_folder, quota: 2, more: $$"""
            copy_paste:
              listen: ["{{Address}}"]
              pictures: {annotations: {{_pictures.Json}}, images: {{_pictures.Images}}, samples_per_picture: 2}
            """);
        using (DaemonProcess daemon = await DaemonProcess.StartAsync(config))
        {
            Assert.Contains($"composed pictures at {Address}", daemon.Said, StringComparison.Ordinal);
            await ConsumeAsync(daemon, daemon.Samples, "train", 6, "samples");
            await ConsumeAsync(daemon, Address, "train", 3, "first");
            using HttpClient http = new() { BaseAddress = new Uri(daemon.Http) };
            string metrics = await http.GetStringAsync(
                new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Contains("headwater_deliver_samples_total{group=\"train\"} 6", metrics, StringComparison.Ordinal);
            Assert.Contains(
                "headwater_deliver_samples_total{group=\"copy-paste:train\"} 3", metrics, StringComparison.Ordinal);
            daemon.Signal("KILL");
            await daemon.ExitCodeAsync();
        }

        using (DaemonProcess again = await DaemonProcess.StartAsync(config))
        {
            await ConsumeAsync(again, Address, "other", 3, "second");
            again.Signal("KILL");
            await again.ExitCodeAsync();
        }

        string[] keys = ["composed-000000000001", "composed-000000000002", "composed-000000000003"];
        HashSet<string> known = [.. Directory.GetFiles(_folder.File("samples"), "*.json").Select(Name)];
        foreach (string key in keys)
        {
            byte[] json = await ReadAsync("first", key + ".json");
            Assert.Equal(json, await ReadAsync("second", key + ".json"));
            Assert.Equal(await ReadAsync("first", key + ".jpg"), await ReadAsync("second", key + ".jpg"));
            Assert.False(File.Exists(Path.Combine(_folder.File("first"), key + ".mask.png")));
            using JsonDocument said = JsonDocument.Parse(json);
            Assert.All(
                said.RootElement.GetProperty("annotations").EnumerateArray()
                    .Where(one => one.GetProperty("generated").GetBoolean()),
                one => Assert.Contains(one.GetProperty("sample").GetString()!, known));
        }
    }

    private static string Name(string file) => Path.GetFileNameWithoutExtension(file);

    private Task<byte[]> ReadAsync(string folder, string file) => File.ReadAllBytesAsync(
        Path.Combine(_folder.File(folder), file), TestContext.Current.CancellationToken);

    private async Task ConsumeAsync(DaemonProcess daemon, string address, string group, int count, string output)
    {
        Command consumer = await DaemonProcess.RunAsync(
        [
            "consume", "--connect", address, "--group", group, "--count", $"{count}", "--output", _folder.File(output),
        ]);
        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
    }
}
