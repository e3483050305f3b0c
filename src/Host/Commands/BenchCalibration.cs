using System.CommandLine;
using Host.Bench;

namespace Host.Commands;

/// <summary><c>headwater bench calibration</c>: whether calibrated thresholds keep their word on real pictures.
/// </summary>
internal static class BenchCalibration
{
    /// <summary>Makes the command, a part of <c>headwater bench</c>.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        Option<FileInfo> index = new("--index") { Description = "The index file.", Required = true };
        Option<int> repeats = new("--repeats")
        {
            Description = "Times that photographs are drawn, 1 to 1000.", DefaultValueFactory = _ => 30,
        };
        repeats.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000)
            {
                result.AddError($"--repeats is {result.GetValueOrDefault<int>()}; it must be 1 to 1000.");
            }
        });
        Option<int> seed = new("--seed") { Description = "Seed of the draws.", DefaultValueFactory = _ => 1 };
        Command command = new("calibration", "Judge one half of an index by the other: what the filter 'real' rejects.")
        {
            index, repeats, seed,
        };
        command.SetAction((parsed, stopping) => Task.FromResult(Reading.Run("bench calibration", () =>
            new CalibrationBench(
                parsed.GetValue(index)!.FullName, parsed.GetValue(repeats), parsed.GetValue(seed)).Run(stopping))));
        return command;
    }
}
