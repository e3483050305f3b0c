using Host.Configuration;
using Tests.Shared;

namespace Host.Tests.Configuration;

/// <summary>Goal: a wrong configuration is told all at once, each problem with its line, value and bound.</summary>
public sealed class ConfigLoaderTests : IDisposable
{
    private const string Sound = """
        plan:
          quota: 2
          categories:
            - {name: apple, definition: a fruit}
        generator:
          library: {source: pictures}
        annotator:
          kind: salient
          salient: {model: model.onnx}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sound_file_binds_defaults_units_and_paths()
    {
        HeadwaterConfig config = Load(Sound + """

            run: {seed: 18446744073709551615, drain_timeout: 90s}
            store: {directory: "${ROOM}/data", shard_bytes_max: 2GiB, free_bytes_min: 100_000}
            record: {format: webp, quality: 75}
            stages:
              annotate: {capacity_items: 3, batch_linger: 250ms}
            filters: [{name: iou, measure: predicted_iou, min: 0.25}]
            """, name => name == "ROOM" ? "room" : null);

        Assert.Equal(ulong.MaxValue, config.Run.Seed);
        Assert.Equal(TimeSpan.FromSeconds(90), config.Run.DrainTimeout);
        Assert.Equal(_folder.File("room/data"), config.Store.Directory);
        Assert.Equal((2L << 30, 100_000L), (config.Store.ShardBytesMax, config.Store.FreeBytesMin));
        Assert.Equal(_folder.File("pictures"), config.Generator.Library.Source);
        Assert.Equal(3, config.Stages.Annotate.CapacityItems);
        Assert.Equal(TimeSpan.FromMilliseconds(250), config.Stages.Annotate.BatchLinger);
        Assert.Equal(0.25, config.Filters.Single().Min);
        Assert.Equal("apple", config.Plan.Categories.Single().Name);
    }

    [Fact]
    public void Every_problem_is_told_at_once_with_line_value_and_bound()
    {
        string[] problems = Problems("""
            plan:
              quota: many
              categorys: []
            generator:
              library:
                source: pictures
                picture_side_px: 9
            annotator: {kind: cat}
            store: {directory: data, shard_bytes_max: 1kB}
            transport:
              listen: ["tcp://0.0.0.0:7700"]
            stages:
              annotate: {capacity_items: 0}
            http: {token: "${NO_SUCH_VARIABLE}"}
            """);

        Assert.Contains("config.yaml:2:10: plan.quota is 'many'; it must be a whole number", problems);
        Assert.Contains("config.yaml:3:3: plan.categorys is not a key here; do you mean categories?", problems);
        Assert.Contains("config.yaml:7:22: generator.library.picture_side_px is 9; it must be 64 to 2048", problems);
        Assert.Contains("config.yaml:8:19: annotator.kind is 'cat'; it must be one of sam, salient", problems);
        Assert.Contains(problems, problem => problem.StartsWith(
            "config.yaml:9:43: store.shard_bytes_max is 1000; it must be 1048576", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith(
            "config.yaml:11:11: transport.listen", StringComparison.Ordinal));
        Assert.Contains(
            "config.yaml:13:30: stages.annotate.capacity_items is 0; it must be 1 to 65536 items", problems);
        Assert.Contains(
            "config.yaml:14:15: http.token needs the environment variable NO_SUCH_VARIABLE, which is not set",
            problems);
    }

    [Theory]
    [InlineData("a: [1", "is no YAML")]
    [InlineData("- 1", "must hold one mapping")]
    [InlineData("run: {seed: 1}\nrun: {seed: 2}", "is no YAML")]
    [InlineData("run: &a {seed: 1}\nplan: *a", "anchors and aliases are not read")]
    [InlineData("run: 5", "run must be a mapping")]
    [InlineData("filters: {a: 1}", "filters must be a list")]
    public void File_of_another_shape_is_told(string text, string said) =>
        Assert.Contains(Problems(text), problem => problem.Contains(said, StringComparison.Ordinal));

    [Fact]
    public void Deep_nesting_is_refused_before_it_is_read() => Assert.Contains(
        "nested deeper", Problems("run: " + new string('[', 5000) + new string(']', 5000)).Single(),
        StringComparison.Ordinal);

    [Fact]
    public void File_that_is_not_there_is_told() =>
        Assert.Contains("cannot be read", ConfigLoader.Load(_folder.File("none.yaml"), _ => null).Problems.Single()
            .Message, StringComparison.Ordinal);

    [Fact]
    public void Demo_configuration_is_sound() =>
        Assert.Empty(ConfigLoader.Load(Repository.Path("demo", "headwater.yaml"), _ => null).Problems);

    private HeadwaterConfig Load(string text, Func<string, string?> environment)
    {
        (HeadwaterConfig? config, IReadOnlyList<ConfigProblem> problems) =
            ConfigLoader.Load(Write(text), environment);
        Assert.Empty(problems);
        return config!;
    }

    private string[] Problems(string text) => [.. ConfigLoader.Load(Write(text), _ => null).Problems
        .Select(problem => (problem with { File = "config.yaml" }).ToString())];

    private string Write(string text)
    {
        string file = _folder.File("config.yaml");
        File.WriteAllText(file, text);
        return file;
    }
}
