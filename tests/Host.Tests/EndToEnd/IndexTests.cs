using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: an index, from the command that makes it to the samples that its filters judged. Method: the mini pack's CLIP,
/// and as real pictures the apples that the library arm pastes.
/// </summary>
public sealed class IndexTests : IDisposable
{
    private static readonly string Model = Repository.Path("models", "mini", "clip");

    private readonly TempFolder _folder = new();

    private string Index => _folder.File("real.hwindex");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_an_index_finds_stands_in_the_sample()
    {
        await BuildAsync("1f34e.webp", "1f34f.webp");
        string filters = $"""
            embedder: {"{model: {model: "}{Model}{"}}"}
            index: {"{file: "}{Index}{"}"}
            filters:
              - {"{name: real, min: -1, real: {missing: reject}}"}
              - {"{name: copy, copies: {max: 1}}"}
            """;
        using DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder, more: filters));

        Command consumer = await DaemonProcess.RunAsync(
            "consume", "--connect", daemon.Samples, "--group", "g", "--count", "2", "--output", _folder.File("out"));

        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
        Assert.Contains("2 real pictures of 1 categories, searched by", daemon.Said, StringComparison.Ordinal);
        Assert.All(Directory.GetFiles(_folder.File("out"), "*.json"), file =>
        {
            JsonElement sample = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
            (JsonElement scores, JsonElement near) = (sample.GetProperty("scores"), sample.GetProperty("neighbours"));
            Assert.Equal("apple", sample.GetProperty("category").GetString());
            Assert.InRange(scores.GetProperty("copy").GetDouble(), scores.GetProperty("real").GetDouble(), 1);
            Assert.StartsWith("apple/1f34", near.GetProperty("copy").GetString(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_copy_of_a_real_picture_is_rejected_and_counted()
    {
        await BuildAsync("1f34e.webp", "1f34f.webp");
        string filters = $"""
            embedder: {"{model: {model: "}{Model}{"}}"}
            index: {"{file: "}{Index}{"}"}
            filters: [{"{name: copy, copies: {max: -1}}"}]
            """;
        using DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder, more: filters));

        Command consumer = await DaemonProcess.RunAsync(
            "consume", "--connect", daemon.Samples, "--group", "g", "--count", "2", "--output", _folder.File("out"));

        using HttpClient http = new() { BaseAddress = new Uri(daemon.Http) };
        string metrics = await http.GetStringAsync(
            new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
        Assert.Matches("headwater_stage_dropped_total\\{[^}]*near_copy", metrics);
        Assert.DoesNotContain(Directory.GetFiles(_folder.File("out"), "*.json"), file =>
            JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("category").GetString() == "apple");
    }

    [Fact]
    public async Task Generated_pictures_are_cut_out_as_the_index_was_built_and_their_embeddings_say_so()
    {
        string folder = Real("1f34e.webp", "real");
        File.WriteAllText(_folder.File("real.json"), """
            {"images": [{"id": 7, "file_name": "1f34e.webp", "width": 256, "height": 256}],
             "categories": [{"id": 3, "name": "apple"}],
             "annotations": [{"id": 1, "image_id": 7, "category_id": 3, "bbox": [80, 90, 90, 80], "iscrowd": 0,
                              "area": 7200, "segmentation": [[80, 90, 170, 90, 170, 170, 80, 170]]}]}
            """);
        Command built = await DaemonProcess.RunAsync(
            "index", "build", Index, "--model", Model, "--coco", _folder.File("real.json"), "--images",
            Path.Combine(folder, "apple"), "--padding", "12");
        Assert.True(built.ExitCode == 0, built.Error);
        string config = DaemonProcess.Config(_folder, more: $"""
            embedder: {"{model: {model: "}{Model}{"}}"}
            index: {"{file: "}{Index}{"}"}
            filters: [{"{name: copy, copies: {max: 1}}, {name: dup, duplicates: {max: 1}}"}]
            """);
        using DaemonProcess daemon = await DaemonProcess.StartAsync(config);

        Command consumer = await DaemonProcess.RunAsync(
            "consume", "--connect", daemon.Samples, "--group", "g", "--count", "1", "--output", _folder.File("out"));

        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
        Assert.Contains(
            "objects are prepared as the index's pictures: blur 10 px, padding 12 px", daemon.Said,
            StringComparison.Ordinal);
        string file = Directory.GetFiles(_folder.File("out"), "*.json")[0];
        JsonElement sample = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        Assert.EndsWith(
            " blur 10 px, padding 12 px", sample.GetProperty("embedding").GetProperty("revision").GetString(),
            StringComparison.Ordinal);
        double score = sample.GetProperty("scores").GetProperty("copy").GetDouble();
        string key = sample.GetProperty("key").GetString()!;
        Assert.Equal(score, await JudgedAsync(key, config), 1e-4);
        string black = File.ReadAllText(config).Replace(
            "embedder: {", "embedder: {background: black, ", StringComparison.Ordinal);
        File.WriteAllText(config, black);
        Assert.NotEqual(score, await JudgedAsync(key, config), 1e-3);
    }

    [Fact]
    public async Task An_index_that_no_filter_asks_stays_closed()
    {
        File.WriteAllText(Index, "no index");
        string more = $"index: {"{file: "}{Index}{"}"}";
        using DaemonProcess daemon = await DaemonProcess.StartAsync(DaemonProcess.Config(_folder, more: more));

        Command consumer = await DaemonProcess.RunAsync(
            "consume", "--connect", daemon.Samples, "--group", "g", "--count", "1", "--output", _folder.File("out"));

        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
    }

    [Fact]
    public async Task The_commands_say_what_an_index_is_and_find_a_picture_in_it()
    {
        await BuildAsync("1f34e.webp");

        Command added = await DaemonProcess.RunAsync(
            "index", "add", Index, "--model", Model, "--folder", Real("1f34f.webp", "more"));
        Command info = await DaemonProcess.RunAsync("index", "info", Index);
        Command verified = await DaemonProcess.RunAsync("index", "verify", Index);
        Command query = await DaemonProcess.RunAsync(
            "index", "query", Index, "--model", Model, "--category", "apple", "--count", "2",
            "--picture", _folder.File("more/apple/1f34f.webp"));

        Assert.True(added.ExitCode == 0, added.Error);
        Assert.Contains("2 rows of 192 values (F16)", info.Output, StringComparison.Ordinal);
        Assert.Contains("all as they were written", verified.Output, StringComparison.Ordinal);
        string[] lines = query.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^(0\.999|1\.000)\d* apple/1f34f\.webp", lines[1]);
    }

    [Fact]
    public async Task Damage_another_model_and_a_wrong_command_are_one_line_and_a_code()
    {
        await BuildAsync("1f34e.webp");
        byte[] bytes = File.ReadAllBytes(Index);
        bytes[5000] ^= 1;
        File.WriteAllBytes(Index, bytes);

        Command verified = await DaemonProcess.RunAsync("index", "verify", Index);
        File.WriteAllBytes(Index, bytes[..8192]);
        Command cut = await DaemonProcess.RunAsync("index", "info", Index);
        Command none = await DaemonProcess.RunAsync("index", "build", Index, "--model", Model);

        Assert.Equal(74, verified.ExitCode);
        Assert.Contains("from 4096 on", verified.Output, StringComparison.Ordinal);
        Assert.Equal(69, cut.ExitCode);
        Assert.Contains("it has 8192 bytes", cut.Error, StringComparison.Ordinal);
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("name one source", none.Error, StringComparison.Ordinal);
    }

    private async Task BuildAsync(params string[] apples)
    {
        foreach (string apple in apples)
        {
            Real(apple, "real");
        }

        Command built = await DaemonProcess.RunAsync(
            "index", "build", Index, "--model", Model, "--folder", _folder.File("real"));
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Contains($"{apples.Length} rows of 1 categories", built.Output, StringComparison.Ordinal);
    }

    private string Real(string apple, string folder)
    {
        Directory.CreateDirectory(_folder.File($"{folder}/apple"));
        File.Copy(Repository.Npm("fluent-emoji-3d", "assets", apple), _folder.File($"{folder}/apple/{apple}"));
        return _folder.File(folder);
    }

    private static async Task<double> JudgedAsync(string key, string config)
    {
        Command again = await DaemonProcess.RunAsync("explain", key, "-c", config);
        string[] parts = again.Output.Split("judged again by the configuration:"); // Before that: what is stored.
        Match judged = Regex.Match(parts[^1], @"\n  copy (\S+), compared with ");
        Assert.True(parts.Length == 2 && judged.Success, again.Output + again.Error);
        return double.Parse(judged.Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
