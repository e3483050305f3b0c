using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Host.Configuration;

/// <summary>Reads a YAML file into nodes, within bounds.</summary>
internal static class ConfigDocument
{
    private const long BytesMax = 64L << 20;
    private const int NodesMax = 2_000_000;
    private const int DepthMax = 16;

    /// <summary>Reads the one document of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <returns>The root mapping, or null.</returns>
    public static YamlMappingNode? Read(string path, List<ConfigProblem> problems)
    {
        try
        {
            long bytes = new FileInfo(path).Length;
            if (bytes > BytesMax)
            {
                problems.Add(new(path, 1, 1, "", $"the file has {bytes} bytes; it may have {BytesMax}"));
                return null;
            }

            string text = File.ReadAllText(path);
            if (BoundsProblem(path, text) is { } problem)
            {
                problems.Add(problem);
                return null;
            }

            YamlStream stream = [];
            stream.Load(new StringReader(text));
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return root;
            }

            problems.Add(new(path, 1, 1, "", "the file must hold one mapping of keys to values"));
        }
        catch (YamlException cause)
        {
            problems.Add(new(path, cause.Start.Line, cause.Start.Column, "", $"is no YAML: {OneLine(cause)}"));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            problems.Add(new(path, 1, 1, "", $"cannot be read: {cause.Message}"));
        }

        return null;
    }

    /// <summary>Looks at the events first: the node tree of a hostile file can be much larger than the file.</summary>
    private static ConfigProblem? BoundsProblem(string path, string text)
    {
        Parser parser = new(new StringReader(text));
        (int depth, int nodes) = (0, 0);
        while (parser.MoveNext())
        {
            ParsingEvent at = parser.Current!;
            depth += at.NestingIncrease;
            nodes += at is NodeEvent ? 1 : 0;
            string? problem = at is AnchorAlias || (at is NodeEvent node && !node.Anchor.IsEmpty)
                    ? "anchors and aliases are not read"
                : depth > DepthMax + 2 ? $"is nested deeper than {DepthMax} levels"
                : nodes > NodesMax ? $"has more than {NodesMax} values"
                : null;
            if (problem is not null)
            {
                return new(path, at.Start.Line, at.Start.Column, "", problem);
            }
        }

        return null;
    }

    private static string OneLine(YamlException cause) =>
        (cause.InnerException?.Message ?? cause.Message).ReplaceLineEndings(" ");
}
