using System.CommandLine;
using Engine.Runtimes.Diffusion;
using Host.Bench;
using Host.Configuration;

namespace Host.Commands;

/// <summary><c>headwater bench diffusion</c>: pictures a second of a text-to-image model.</summary>
internal static class BenchDiffusion
{
    /// <summary>Makes the command, a part of <c>headwater bench</c>.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        Option<string?> folder = new("--folder")
        {
            Description = "The folder with model_index.json; the mini pack's when absent.",
        };
        Option<int> steps = new("--steps") { Description = "Steps a picture.", DefaultValueFactory = _ => 20 };
        Option<double> guidance = new("--guidance")
        {
            Description = "Guidance scale; at 1 and below no second row is computed.", DefaultValueFactory = _ => 2,
        };
        Option<int[]> batch = new("--batch")
        {
            Description = "Batch sizes, 1 to 64.", DefaultValueFactory = _ => [1, 4, 16],
            AllowMultipleArgumentsPerToken = true,
        };
        batch.Validators.Add(result => Bound(result, batch, size => size is < 1 or > 64, "--batch", "1 to 64"));
        Option<int> pictures = new("--pictures")
        {
            Description = "Pictures made at each batch size.", DefaultValueFactory = _ => 32,
        };
        Command command = new("diffusion", "Measure pictures a second of a text-to-image model.")
        {
            folder, steps, guidance, batch, pictures,
        };
        command.SetAction(async (parsed, stopping) => (int)await DiffusionBench.RunAsync(
            new DiffusionOptions
            {
                Folder = parsed.GetValue(folder) ?? Path.Combine(CheckoutFolder.Path, "models", "mini", "t2i"),
                Steps = parsed.GetValue(steps),
                GuidanceScale = parsed.GetValue(guidance),
            },
            parsed.GetValue(batch)!,
            parsed.GetValue(pictures),
            stopping).ConfigureAwait(false));
        return command;
    }

    private static void Bound(
        System.CommandLine.Parsing.OptionResult result, Option<int[]> option, Predicate<int> isOut, string name,
        string bound)
    {
        foreach (int value in (result.GetValue(option) ?? []).Where(value => isOut(value)))
        {
            result.AddError($"{name} is {value}; it must be {bound}.");
        }
    }
}
