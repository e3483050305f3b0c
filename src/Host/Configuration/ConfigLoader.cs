using YamlDotNet.RepresentationModel;

namespace Host.Configuration;

/// <summary>Reads a configuration file.</summary>
internal static class ConfigLoader
{
    /// <summary>Reads a file and reports everything that is wrong with it at once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="environment">Looks up a variable; null when it is not set.</param>
    /// <returns>The configuration, or null with one or more problems.</returns>
    public static (HeadwaterConfig? Config, IReadOnlyList<ConfigProblem> Problems) Load(
        string path, Func<string, string?> environment)
    {
        List<ConfigProblem> problems = [];
        YamlMappingNode? root = ConfigDocument.Read(path, problems);
        if (root is null)
        {
            return (null, problems);
        }

        ConfigBinder binder = new(path, environment);
        object config = binder.Record(typeof(HeadwaterConfig), root, key: "");
        return binder.Problems.Count == 0
            ? ((HeadwaterConfig)config, [])
            : (null, [.. binder.Problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)]);
    }
}
