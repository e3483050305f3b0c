using Host.Configuration;
using Tests.Shared;

namespace Host.Tests.Configuration;

/// <summary>Goal: a right file says what it says and nothing else; a wrong one is told all of it.</summary>
public sealed class ConfigLoaderTests
{
    [Fact]
    public void Least_file_is_the_defaults()
    {
        using ConfigFile file = new(ConfigFile.Least);

        HeadwaterConfig config = file.Good();

        Assert.Equal(42UL, config.Run.Seed);
        Assert.Equal((16, 4), (config.Stages.Generate.CapacityItems, config.Stages.Generate.BatchMax));
        Assert.Null(config.Embedder);
    }

    [Fact]
    public void Partly_given_section_keeps_the_other_defaults_of_its_place()
    {
        using ConfigFile file = new(ConfigFile.Least + "stages: {generate: {workers_max: 2}}\n");

        HeadwaterConfig config = file.Good();

        Assert.Equal(config.Stages.Generate, new HeadwaterConfig().Stages.Generate with { WorkersMax = 2 });
    }

    [Fact]
    public void Relative_paths_count_from_the_file_also_when_defaulted()
    {
        using ConfigFile file = new(ConfigFile.Least);

        HeadwaterConfig config = file.Good();

        Assert.Equal(file.Inside("pictures"), config.Generators[0].Library!.Source);
        Assert.Equal(file.Inside("data"), config.Store.Directory);
        Assert.Equal("data", new HeadwaterConfig().Store.Directory);
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData(".nan")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    public void Number_that_is_none_is_refused_before_any_range_check(string number)
    {
        using ConfigFile file = new(ConfigFile.Least + $"annotate: {{predicted_iou_min: {number}}}\n");

        Assert.Equal(
            [$"6:31: annotate.predicted_iou_min: is '{number}'; it must be a number"], file.Said());
    }

    [Fact]
    public void Every_problem_is_told_at_once_in_the_order_of_the_file()
    {
        using ConfigFile file = new("""
            run:
              seed: -1
              drain_timout: 5s
            plan:
              quota: 1
              categories: [{name: apple}]
            generators: [{library: {source: pictures, picture_side_px: 7, scale_min: big}}]
            annotator:
              sam:
                encoder: e
                decoder: d
                onnx:
                  runs_max: 900
            store:
              shard_bytes_max: 10
            stages:
              embed:
                capacity_items: 0
                batch_linger: soon
            """);

        Assert.Equal(
            [
                "2:9: run.seed: is '-1'; it must be a whole number from 0",
                "3:3: run.drain_timout: is not a key here; do you mean drain_timeout?",
                "7:74: generators[0].library.scale_min: is 'big'; it must be a number",
                "13:17: annotator.sam.onnx.runs_max: is 900; it must be 1 to 64 runs",
                "15:20: store.shard_bytes_max: is 10; it must be 1048576 to 68719476736 bytes",
                "19:19: stages.embed.batch_linger: is 'soon'; it must be a time such as 250ms, 30s, 5min or 2h",
            ],
            file.Said());
    }

    [Fact]
    public void Problem_of_something_left_out_stands_at_the_section_it_is_missing_from()
    {
        using ConfigFile file = new("""
            plan: {quota: 1, categories: [{name: apple}]}
            generators:
              - {library: {names: x}}
            """);

        Assert.Equal(
            [
                "1:1: annotator.sam: is missing; kind sam needs its encoder and decoder",
                "3:15: generators[0].library.source: is empty; it must name a folder or an archive of pictures",
            ],
            file.Said());
    }

    [Fact]
    public void Problem_of_an_item_stands_at_the_item()
    {
        using ConfigFile file = new("""
            plan:
              quota: 1
              categories:
                - name: apple
                - name: pear
                  weight: 0
            generators: [{library: {source: pictures}}]
            annotator: {sam: {encoder: e, decoder: d}}
            filters:
              - {name: a, measure: predicted_iou}
              - {name: ""}
            """);

        string[] said = file.Said();

        Assert.Contains(
            said, line => line.StartsWith("6:15: plan.categories[1].weight: is 0", StringComparison.Ordinal));
        Assert.Contains("11:12: filters[1].name: is empty; a filter needs a name", said);
        Assert.Contains(
            "11:5: filters[1].measure: is empty; it must name a measure or a score, or the filter must have "
                + "prototypes, a text, real, copies, duplicates or a head",
            said);
    }

    [Fact]
    public void Filter_by_real_pictures_needs_an_embedder()
    {
        const string filter = "filters: [{name: real, prototypes: {folder: crops}, min: 0.4}]\n";
        using ConfigFile without = new(ConfigFile.Least + filter);
        using ConfigFile with = new(ConfigFile.Least + filter + "embedder: {model: {model: clip.onnx}}\n");

        string[] said = without.Said();
        HeadwaterConfig config = with.Good();

        Assert.Equal(["6:10: filters: compares pictures, which needs an embedder section"], said);
        Assert.Equal(with.Inside("crops"), config.Filters.Single().Prototypes!.Folder);
    }

    [Theory]
    [InlineData("store:")]
    [InlineData("store: ~")]
    [InlineData("store: null")]
    [InlineData("filters:")]
    [InlineData("embedder:")]
    [InlineData("transport: {token: }")]
    [InlineData("transport: {token: ~}")]
    public void Empty_value_is_the_default(string line)
    {
        using ConfigFile file = new(ConfigFile.Least + line);

        HeadwaterConfig config = file.Good();

        Assert.Equal(new HeadwaterConfig().Store.ShardBytesMax, config.Store.ShardBytesMax);
        Assert.Null(config.Embedder);
        Assert.Null(config.Transport.Token);
        Assert.Empty(config.Filters);
    }

    [Fact]
    public void Variables_are_put_in_and_a_missing_one_is_named_at_its_line()
    {
        using ConfigFile file = new(
            ConfigFile.Least + "run:\n  seed: ${SEED}\n  name: a-${NAME:-b}-c\nhttp:\n  token: ${TOKEN}\n");
        file.Variables["SEED"] = "7";

        string[] said = file.Said();
        file.Variables["TOKEN"] = "{x: ${SEED}}";
        HeadwaterConfig config = file.Good();

        Assert.Equal(["10:10: http.token: needs the environment variable TOKEN, which is not set"], said);
        Assert.Equal((7UL, "a-b-c", "{x: ${SEED}}"), (config.Run.Seed, config.Run.Name, config.Http.Token));
    }

    [Fact]
    public void Units_are_read()
    {
        using ConfigFile file = new(ConfigFile.Least + """
            run: {seed: 18446744073709551615, drain_timeout: 90s}
            store: {shard_bytes_max: 2GiB, free_bytes_min: 100_000}
            stages: {annotate: {batch_linger: 250ms}}
            """);

        HeadwaterConfig config = file.Good();

        Assert.Equal((ulong.MaxValue, TimeSpan.FromSeconds(90)), (config.Run.Seed, config.Run.DrainTimeout));
        Assert.Equal((2L << 30, 100_000L), (config.Store.ShardBytesMax, config.Store.FreeBytesMin));
        Assert.Equal(TimeSpan.FromMilliseconds(250), config.Stages.Annotate.BatchLinger);
    }

    [Theory]
    [InlineData("transport: {listen: [\"tcp://0.0.0.0:7700\"]}", "transport.listen")]
    [InlineData("run: 5", "run: must be a mapping")]
    [InlineData("filters: {a: 1}", "filters: must be a list")]
    public void Value_of_another_shape_is_told_at_its_key(string line, string said)
    {
        using ConfigFile file = new(ConfigFile.Least + line);

        Assert.Contains(said, Assert.Single(file.Said()), StringComparison.Ordinal);
    }

    [Fact]
    public void Demo_configuration_is_sound() =>
        Assert.Empty(ConfigLoader.Load(Repository.Path("demo", "headwater.yaml"), _ => null).Problems);
}
