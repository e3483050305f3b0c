namespace Host.Configuration;

/// <summary>Reads a configuration file.</summary>
internal static class ConfigLoader
{
    /// <summary>Reads a file and reports everything that is wrong with it at once.</summary>
    /// <param name="path">The file.</param>
    /// <param name="environment">Looks up a variable; null when it is not set.</param>
    /// <param name="onThisMachine">Also looks whether the paths that the file names are there.</param>
    /// <returns>The configuration, or null with one or more problems.</returns>
    public static (HeadwaterConfig? Config, IReadOnlyList<ConfigProblem> Problems) Load(
        string path, Func<string, string?> environment, bool onThisMachine = false)
    {
        ConfigProblems problems = new(path);
        ConfigMapping? root = ConfigDocument.Read(path, problems);
        if (root is null)
        {
            return (null, problems.InOrder());
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        ConfigBinder binder = new(folder, environment, problems);
        HeadwaterConfig config = (HeadwaterConfig)binder.Bind(typeof(HeadwaterConfig), root);
        if (onThisMachine)
        {
            ConfigEnvironment.Check(config, binder.Paths, binder.Places, problems);
        }

        IReadOnlyList<ConfigProblem> all = problems.InOrder();
        return all.Count == 0 ? (config, all) : (null, all);
    }
}
