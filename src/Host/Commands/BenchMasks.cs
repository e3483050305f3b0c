using System.CommandLine;
using Host.Bench;

namespace Host.Commands;

/// <summary><c>headwater bench masks</c>: how well the annotators' masks agree with exact ones.</summary>
internal static class BenchMasks
{
    /// <summary>Makes the command, a part of <c>headwater bench</c>.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        Option<string> annotator = new("--annotator")
        {
            Description = "sam2, u2netp or both.",
            DefaultValueFactory = _ => "both",
        };
        annotator.AcceptOnlyFromAmong("sam2", "u2netp", "both");
        Option<int> count = new("--count")
        {
            Description = "Library pictures, each of another entry.",
            DefaultValueFactory = _ => 200,
        };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000)
            {
                result.AddError($"--count is {result.GetValueOrDefault<int>()}; it must be 1 to 100000 pictures.");
            }
        });
        Option<int> seed = new("--seed")
        {
            Description = "Picks the entries and their scale, turn and place.",
            DefaultValueFactory = _ => 1,
        };
        Option<bool> allParts = new("--all-parts")
        {
            Description = "Keep every large part of a mask, not the largest alone.",
        };
        Command command = new("masks", "Compare masks with the exact ones of library pictures.")
        {
            annotator, count, seed, allParts,
        };
        command.SetAction(async (parsed, stopping) => (int)await MaskBench.RunAsync(
            parsed.GetValue(annotator)!,
            parsed.GetValue(count),
            parsed.GetValue(seed),
            parsed.GetValue(allParts),
            stopping).ConfigureAwait(false));
        return command;
    }
}
