using Engine.Options;

namespace Engine.Pipeline.Prompts;

/// <summary>One file of prompts.</summary>
public sealed record PromptFileOptions
{
    /// <summary>
    /// A text file, UTF-8, one prompt a line; or, when the name ends in <c>.jsonl</c>, one JSON object a line with
    /// prompt, category and, if wanted, seed. No default.
    /// </summary>
    [ConfigPath]
    public string Path { get; init; } = string.Empty;

    /// <summary>The category of a text file's prompts, and of JSON lines that name none. Default none.</summary>
    public string? Category { get; init; }

    /// <summary>True when the lines are JSON objects.</summary>
    internal bool IsJsonLines => Path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);
}
