using System.CommandLine;
using Host.Configuration;
using Host.Lifecycle;

namespace Host.Commands;

/// <summary><c>headwater validate</c>: says everything that is wrong with a configuration, and starts
/// nothing.</summary>
internal static class Validate
{
    /// <summary>The option that names a configuration file.</summary>
    public static Option<string> ConfigOption() => new("--config", "-c")
    {
        Description = "The configuration file, YAML.",
        Required = true,
    };

    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        Option<string> config = ConfigOption();
        Option<bool> noEnvironment = new("--no-environment")
        {
            Description = "Check the file alone, not whether the files that it names exist.",
        };
        Command command = new("validate", "Check a configuration; exit 78 when something is wrong with it.")
        {
            config, noEnvironment,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(config)!;
            HeadwaterConfig? loaded = Load(path, parsed.GetValue(noEnvironment));
            if (loaded is not null)
            {
                Console.Out.WriteLine($"{path}: {loaded.Plan.Categories.Count} categories; nothing is wrong");
            }

            return (int)(loaded is null ? ExitCode.Configuration : ExitCode.Ok);
        });
        return command;
    }

    /// <summary>Reads a configuration and prints every problem.</summary>
    /// <param name="path">The file.</param>
    /// <param name="noEnvironment">Leaves out whether the files that it names exist.</param>
    /// <returns>The configuration, or null when something is wrong.</returns>
    public static HeadwaterConfig? Load(string path, bool noEnvironment = false)
    {
        (HeadwaterConfig? config, IReadOnlyList<ConfigProblem> problems) =
            ConfigLoader.Load(path, Environment.GetEnvironmentVariable, onThisMachine: !noEnvironment);
        foreach (ConfigProblem problem in problems)
        {
            Console.Error.WriteLine(problem);
        }

        return config;
    }
}
