using System.Text;
using YamlDotNet.Core;

namespace Host.Configuration;

/// <summary>Reads a YAML file into nodes, within bounds.</summary>
internal static class ConfigDocument
{
    private const long BytesMax = 64L << 20;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the one document of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <returns>The root mapping, or null.</returns>
    public static ConfigMapping? Read(string path, ConfigProblems problems)
    {
        string? text = Text(path, problems);
        return text is null ? null : Parse(text, problems);
    }

    /// <summary>Reads the one document of a text.</summary>
    private static ConfigMapping? Parse(string text, ConfigProblems problems)
    {
        ConfigTreeReader reader = new(text, problems);
        try
        {
            return reader.Read();
        }
        catch (YamlException cause)
        {
            ConfigPlace at = new(Math.Max(1, cause.Start.Line), Math.Max(1, cause.Start.Column));
            problems.Add(at, "", $"is no YAML: {OneLine(cause)}");
        }
        catch (Exception cause) when (cause is InvalidOperationException or ArgumentException
            or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The parser's own slips on damaged text, seen with control characters in a flow mapping.
            problems.Add(reader.At, "", $"is no YAML: {OneLine(cause)}");
        }

        return null;
    }

    private static string? Text(string path, ConfigProblems problems)
    {
        try
        {
            long bytes = new FileInfo(path).Length;
            if (bytes > BytesMax)
            {
                problems.Add(ConfigPlace.Start, "", $"the file has {bytes} bytes; it may have {BytesMax}");
                return null;
            }

            return Utf8.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException cause)
        {
            problems.Add(ConfigPlace.Start, "", $"the file is not UTF-8 at byte {cause.Index}");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            problems.Add(ConfigPlace.Start, "", $"cannot be read: {cause.Message}");
        }

        return null;
    }

    private static string OneLine(Exception cause) =>
        (cause.InnerException?.Message ?? cause.Message).ReplaceLineEndings(" ");
}
