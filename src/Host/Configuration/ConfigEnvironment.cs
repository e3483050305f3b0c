using Engine.Index;
using Engine.Pipeline.Filter;

namespace Host.Configuration;

/// <summary>Whether this machine has what a configuration names.</summary>
internal static class ConfigEnvironment
{
    /// <summary>Looks at each path; makes nothing that stays.</summary>
    /// <param name="config">The configuration; it may have problems.</param>
    /// <param name="paths">Its paths.</param>
    /// <param name="places">Where its keys stand.</param>
    /// <param name="problems">Receives what is missing.</param>
    public static void Check(
        HeadwaterConfig config, IReadOnlyList<ConfigPath> paths, ConfigPlaces places, ConfigProblems problems)
    {
        string[] unused = [.. Unused(config)];
        foreach (ConfigPath path in paths.Where(path => !Array.Exists(
            unused, section => path.Key.StartsWith(section, StringComparison.Ordinal))))
        {
            if ((path.IsOutput ? OutputProblem(path.Value) : InputProblem(path.Value)) is { } problem)
            {
                problems.Add(places.Find(path.Key), path.Key, $"is '{path.Value}', which {problem}");
            }
        }

        CheckThresholds(config, places, problems);
    }

    /// <summary>Thresholds stated of categories that the index has not. An index that cannot be opened is said when
    /// the daemon opens it.</summary>
    private static void CheckThresholds(HeadwaterConfig config, ConfigPlaces places, ConfigProblems problems)
    {
        if (config.Index is not { } section || !File.Exists(section.File)
            || !config.Filters.Any(filter => filter.Real is { Thresholds.Count: > 0 }))
        {
            return;
        }

        try
        {
            using RealIndex index = RealIndex.Open(section.File);
            for (int at = 0; at < config.Filters.Count; at++)
            {
                RealOptions real = config.Filters[at].Real ?? new();
                foreach (string unknown in StatedThresholds.Unknown(real, name => index.CategoryOf(name) >= 0))
                {
                    string key = $"filters[{at}].real.thresholds.{unknown}";
                    string? near = ConfigNames.Nearest(unknown, index.Info.Categories.Select(one => one.Name));
                    problems.Add(
                        places.Find(key), key, $"is not a category of the index {section.File}"
                            + (near is null ? "" : $"; do you mean {near}?"));
                }
            }
        }
        catch (Exception cause) when (cause is IndexFileException or IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    /// <summary>The sections of other kinds than the one chosen: they may be kept for later, and what they name need
    /// not be here.</summary>
    private static IEnumerable<string> Unused(HeadwaterConfig config) =>
        Others($"{config.Annotator.Kind}", Enum.GetNames<AnnotatorKind>(), "annotator.").Concat(
            config.Generators.SelectMany((generator, at) =>
                Others($"{generator.Kind}", Enum.GetNames<GeneratorKind>(), $"generators[{at}].")));

    private static IEnumerable<string> Others(string kind, string[] kinds, string section) =>
        kinds.Where(other => other != kind).Select(other => $"{section}{ConfigNames.Snake(other)}.");

    private static string? InputProblem(string path)
    {
        if (!Path.Exists(path))
        {
            return "does not exist";
        }

        try
        {
            if (Directory.Exists(path))
            {
                using IEnumerator<string> entries = Directory.EnumerateFileSystemEntries(path).GetEnumerator();
                entries.MoveNext();
            }
            else
            {
                using FileStream file = File.OpenRead(path);
            }

            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return $"cannot be read: {cause.Message}";
        }
    }

    /// <summary>A folder that is not there yet is made by its user, so the nearest one above it must be
    /// writable.</summary>
    private static string? OutputProblem(string path)
    {
        string folder = path;
        while (!Path.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
        {
            folder = above;
        }

        string verb = folder == path ? "be written to" : "be made";
        if (!Directory.Exists(folder))
        {
            return $"cannot {verb}: {folder} is not a folder";
        }

        try
        {
            // The only sure answer: modes, read-only mounts and access lists all speak here.
            string probe = Path.Combine(folder, $".headwater-{Guid.NewGuid():N}");
            using FileStream file = new(
                probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return $"cannot {verb}: {cause.Message}";
        }
    }
}
