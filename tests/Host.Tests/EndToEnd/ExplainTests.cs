using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: the command says what the stream did, with its numbers. Method: the mini pack's CLIP; as real pictures apples,
/// a tomato among them, and a pear; a daemon whose samples and rejected tries are explained while it runs, and files.
/// </summary>
public sealed class ExplainTests : IDisposable
{
    private static readonly string Model = Repository.Path("models", "mini", "clip");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sample_and_a_rejected_try_are_explained_with_the_numbers_of_the_stream()
    {
        string config = await ConfigAsync("missing: reject, reject_share: 0.05", copyMax: 1, min: -2);
        using DaemonProcess daemon = await DaemonProcess.StartAsync(config);
        Command consumer = await DaemonProcess.RunAsync(
            "consume", "--connect", daemon.Samples, "--group", "g", "--count", "2", "--output", _folder.File("out"));
        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
        string file = Directory.GetFiles(_folder.File("out"), "*.json")[0];
        JsonElement sample = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        string key = sample.GetProperty("key").GetString()!;

        Command stored = await DaemonProcess.RunAsync("explain", key, "--store", _folder.File("data"));
        Command again = await DaemonProcess.RunAsync("explain", key, "-c", config);
        Command rejected = await DaemonProcess.RunAsync("explain", RejectedKey(), "--store", _folder.File("data"));

        Assert.True(stored.ExitCode == 0, stored.Error);
        string[] parts = again.Output.Split("judged again by the configuration:"); // Before that: what is stored.
        Assert.Equal(2, parts.Length);
        foreach (string name in new[] { "real", "copy" })
        {
            double score = sample.GetProperty("scores").GetProperty(name).GetDouble();
            double bound = sample.GetProperty("bounds").GetProperty(name).GetDouble();
            Assert.InRange(score, name == "real" ? bound : -1, name == "real" ? 1 : bound);
            Assert.Contains(
                $"  {name} {sample.GetProperty("scores").GetProperty(name)}, compared with ", stored.Output,
                StringComparison.Ordinal);
            Match judged = Regex.Match(parts[1], $@"\n  {name} (\S+), compared with (\S+)\n");
            Assert.True(judged.Success, again.Output + again.Error);
            Assert.Equal(score, double.Parse(judged.Groups[1].Value, CultureInfo.InvariantCulture), 1e-4);
            Assert.Equal(bound, double.Parse(judged.Groups[2].Value, CultureInfo.InvariantCulture), 1e-4);
        }

        Assert.Matches(@"bound \S+ = min -2 \+ calibrated \S+\n  calibrated \S+ = mean \S+ \+ z -1\.64", again.Output);
        Assert.Contains("verdict: kept", again.Output, StringComparison.Ordinal);
        Assert.Contains("rejected by filter (score_low)", rejected.Output, StringComparison.Ordinal);
        Assert.Contains("there is no real picture of", rejected.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_is_explained_up_to_the_filter_that_says_no()
    {
        string config = await ConfigAsync("missing: fall_back", copyMax: 0.99, min: -2);
        string picture = _folder.File("real/apple/1f34e.webp");

        Command copy = await DaemonProcess.RunAsync("explain", picture, "-c", config, "--category", "apple");
        Command extra = await DaemonProcess.RunAsync("explain", picture, "-c", config, "--category", "quince");

        Assert.True(copy.ExitCode == 0, copy.Error);
        Assert.Matches(@"near (0\.999\d|1\.0000) apple/1f34e\.webp", copy.Output);
        Assert.Contains("filter real: passes", copy.Output, StringComparison.Ordinal);
        Assert.Contains("verdict: rejected by copy (near_copy)", copy.Output, StringComparison.Ordinal);
        Assert.Contains("not asked after that: area", copy.Output, StringComparison.Ordinal);
        Assert.Contains("the index has no real picture of 'quince': fall-back", extra.Output, StringComparison.Ordinal);
        Assert.Contains("verdict: rejected by real (other_category)", extra.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_one_line_and_a_code()
    {
        string config = await ConfigAsync("missing: pass", copyMax: 1, min: -1);
        string picture = _folder.File("real/apple/1f34e.webp");

        Command category = await DaemonProcess.RunAsync("explain", picture, "-c", config);
        Command where = await DaemonProcess.RunAsync("explain", "0123456789abcdef-000000");
        Command store = await DaemonProcess.RunAsync(
            "explain", "0123456789abcdef-000000", "--store", _folder.File("none"));
        Command mask = await DaemonProcess.RunAsync(
            "explain", picture, "-c", config, "--category", "apple", "--mask",
            Repository.Path("models", "mini", "real", "apple", "1.png"));

        Assert.Equal(2, category.ExitCode);
        Assert.Contains("name its --category", category.Error, StringComparison.Ordinal);
        Assert.Equal(2, where.ExitCode);
        Assert.Contains("name the --store or the --config", where.Error, StringComparison.Ordinal);
        Assert.Equal(74, store.ExitCode);
        Assert.Equal(69, mask.ExitCode);
        Assert.Contains("it must be the picture's 256 x 256 px", mask.Error, StringComparison.Ordinal);
    }

    private async Task<string> ConfigAsync(string real, double copyMax, double min)
    {
        string[] pictures = ["apple/1f34e.webp", "apple/1f34f.webp", "apple/1f345.webp", "pear/1f350.webp"];
        foreach (string picture in pictures)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder.File($"real/{picture}"))!);
            File.Copy(
                Repository.Npm("fluent-emoji-3d", "assets", Path.GetFileName(picture)),
                _folder.File($"real/{picture}"));
        }

        string index = _folder.File("real.hwindex");
        Command built = await DaemonProcess.RunAsync(
            "index", "build", index, "--model", Model, "--folder", _folder.File("real"));
        Assert.True(built.ExitCode == 0, built.Error);
        return DaemonProcess.Config(_folder, more: $"""
            embedder: {"{model: {model: "}{Model}{"}}"}
            index: {"{file: "}{index}{"}"}
            filters:
              - {"{name: real, min: "}{min}{", real: {"}{real}{"}}"}
              - {"{name: copy, copies: {max: "}{copyMax.ToString(CultureInfo.InvariantCulture)}{"}}"}
              - {"{name: area, measure: area_ratio, min: 0}"}
            """);
    }

    private string RejectedKey()
    {
        using SqliteConnection ledger = new($"Data Source={_folder.File("data/ledger.db")};Mode=ReadOnly");
        ledger.Open();
        using SqliteCommand find = ledger.CreateCommand();
        find.CommandText =
            "SELECT prompt_id, attempt FROM ended WHERE stage = 'filter' AND category <> 'apple' LIMIT 1";
        using SqliteDataReader row = find.ExecuteReader();
        Assert.True(row.Read(), "no try was rejected by the filters yet");
        return $"{row.GetString(0)}-{row.GetInt32(1):D6}";
    }
}
