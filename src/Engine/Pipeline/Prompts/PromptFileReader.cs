using System.Runtime.CompilerServices;

namespace Engine.Pipeline.Prompts;

/// <summary>Reads prompts from files and HTTP bodies, line by line; a broken line is reported and the rest is read.
/// </summary>
/// <remarks>Holds one buffer of <see cref="PromptReadLimits.LineBytesMax"/> bytes, whatever it reads.</remarks>
public static partial class PromptFileReader
{
    /// <summary>Reads a file of the plan.</summary>
    /// <param name="file">Path, and the category for lines that name none.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>One entry a line that is not blank, in order.</returns>
    /// <exception cref="PromptFileException">The file cannot be opened or read.</exception>
    public static async IAsyncEnumerable<PromptLine> ReadFileAsync(
        PromptFileOptions file, PromptReadLimits limits, [EnumeratorCancellation] CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(file);
        await using Stream input = Open(file.Path);
        await foreach (PromptLine line in ReadAsync(input, file.Path, file.IsJsonLines, file.Category, limits, stopping)
            .ConfigureAwait(false))
        {
            yield return line;
        }
    }

    /// <summary>Reads JSON lines, such as the body of POST /v1/prompts.</summary>
    /// <param name="body">Read from where it stands to its end or to a limit; owned by the caller.</param>
    /// <param name="source">What to call it in <see cref="PromptLine.Source"/>.</param>
    /// <param name="limits">Bounds.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>One entry a line that is not blank, in order.</returns>
    public static IAsyncEnumerable<PromptLine> ReadJsonLinesAsync(
        Stream body, string source, PromptReadLimits limits, CancellationToken stopping) =>
        ReadAsync(body, source, jsonLines: true, category: null, limits, stopping);

    private static async IAsyncEnumerable<PromptLine> ReadAsync(
        Stream input, string source, bool jsonLines, string? category, PromptReadLimits limits,
        [EnumeratorCancellation] CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(limits);
        BoundedLines lines = new(input, limits);
        while (await NextAsync(lines, source, stopping).ConfigureAwait(false) is { } line)
        {
            if (line.Problem is null && IsBlank(line.Bytes.Span))
            {
                continue;
            }

            PromptRequest? request = null;
            string? problem = line.Problem ?? (jsonLines
                ? PromptJson.Read(line.Bytes.Span, category, limits.PromptBytesMax, out request)
                : Text(line.Bytes.Span, category, limits.PromptBytesMax, out request));
            Count(problem);
            yield return new PromptLine(source, line.Number, request, problem) { ReadingEnded = line.ReadingEnded };
            if (line.ReadingEnded)
            {
                yield break;
            }
        }
    }

    private static async ValueTask<BoundedLine?> NextAsync(
        BoundedLines lines, string source, CancellationToken stopping)
    {
        try
        {
            return await lines.NextAsync(stopping).ConfigureAwait(false);
        }
        catch (IOException cause)
        {
            throw new PromptFileException($"The prompts {source} cannot be read: {cause.Message}", cause);
        }
    }

    private static string? Text(ReadOnlySpan<byte> line, string? category, int bytesMax, out PromptRequest? request)
    {
        string? problem = PromptText.Clean(line, bytesMax, out string text);
        request = problem is null ? new PromptRequest(category ?? string.Empty, text) : null;
        return problem is null ? null : $"the prompt {problem}";
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.TrimStart(" \t"u8).IsEmpty;

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            string why = cause switch
            {
                FileNotFoundException or DirectoryNotFoundException => "is not there",
                UnauthorizedAccessException when Directory.Exists(path) => "is a folder; give a file",
                _ => $"cannot be opened: {cause.Message}",
            };
            throw new PromptFileException($"The prompt file '{path}' {why}.", cause);
        }
    }
}
