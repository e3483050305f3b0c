namespace Engine.Pipeline.Prompts;

/// <summary>One line read: a request, or why there is none.</summary>
/// <param name="Source">The file's path, or what the caller calls the body.</param>
/// <param name="Number">The line's number, from 1.</param>
/// <param name="Request">The prompt asked for; null when there is a problem.</param>
/// <param name="Problem">What is wrong with the line, to stand after file and number; null when nothing is.</param>
public sealed record PromptLine(string Source, long Number, PromptRequest? Request, string? Problem)
{
    /// <summary>True for the last line when a limit, not the end of the input, stopped the reading.</summary>
    public bool ReadingEnded { get; init; }

    /// <summary>File, number and problem as one line for a log.</summary>
    public override string ToString() => $"{Source}:{Number}: {Problem ?? "good"}";
}
