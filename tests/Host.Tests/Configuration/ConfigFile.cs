using Host.Configuration;
using Tests.Shared;

namespace Host.Tests.Configuration;

/// <summary>A configuration in a folder of its own, which may also hold what it names.</summary>
internal sealed class ConfigFile : IDisposable
{
    /// <summary>The least a configuration holds: what has no default.</summary>
    public const string Least = """
        plan:
          quota: 1
          categories: [{name: apple}]
        generators: [{library: {source: pictures}}]
        annotator: {sam: {encoder: encoder.onnx, decoder: decoder.onnx}}

        """;

    private readonly TempFolder _folder = new();

    public ConfigFile(string text) => File.WriteAllText(Path, text);

    public string Path => Inside("headwater.yaml");

    public Dictionary<string, string> Variables { get; } = [];

    public string Inside(string name) => _folder.File(name);

    public HeadwaterConfig Good()
    {
        (HeadwaterConfig? config, IReadOnlyList<ConfigProblem> problems) = Load();
        Assert.Empty(problems);
        return config!;
    }

    /// <summary>The problems as they are printed, from the line number on.</summary>
    public string[] Said(bool onThisMachine = false)
    {
        (HeadwaterConfig? config, IReadOnlyList<ConfigProblem> problems) = Load(onThisMachine);
        Assert.Equal(problems.Count == 0, config is not null);
        Assert.All(problems, problem => Assert.DoesNotContain('\n', problem.ToString()));
        return [.. problems.Select(problem => problem.ToString().Replace(Path + ":", "", StringComparison.Ordinal))];
    }

    public void Dispose() => _folder.Dispose();

    private (HeadwaterConfig? Config, IReadOnlyList<ConfigProblem> Problems) Load(bool onThisMachine = false) =>
        ConfigLoader.Load(Path, name => Variables.GetValueOrDefault(name), onThisMachine);
}
