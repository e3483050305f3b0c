using System.CommandLine;
using Host.Demo;

namespace Host.Commands;

/// <summary><c>headwater demo</c>: the main job on real models, to be looked at.</summary>
internal static class DemoCommand
{
    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        Option<string?> config = new("--config", "-c")
        {
            Description = "The configuration; demo/headwater.yaml of the checkout when it is left out.",
        };
        Option<string?> output = new("--output", "-o")
        {
            Description = "Where to write; a new folder below demo-out of the checkout when it is left out.",
        };
        Command command = new("demo", "Stream samples through real models and show them on a contact sheet.")
        {
            config, output,
        };
        command.SetAction(async (parsed, _) => (int)await DemoRun.RunAsync(
            parsed.GetValue(config), parsed.GetValue(output)).ConfigureAwait(false));
        return command;
    }
}
