using System.Diagnostics.Metrics;

namespace Engine.Pipeline.Prompts;

public static partial class PromptFileReader
{
    private static readonly Counter<long> LinesTotal = PromptPlanner.PromptsMeter.CreateCounter<long>(
        "headwater.prompts.lines", "{line}", "Lines read of prompt files and HTTP bodies, by result.");

    private static readonly KeyValuePair<string, object?> Good = new("result", "good");
    private static readonly KeyValuePair<string, object?> Broken = new("result", "broken");

    private static void Count(string? problem) => LinesTotal.Add(1, problem is null ? Good : Broken);
}
