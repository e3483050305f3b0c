using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Host.Configuration;

/// <summary>Makes nodes of a parser's events; stops at the first thing that is not plain data.</summary>
/// <remarks>Not the parser's own tree: that one is built before it can be bounded, follows aliases and does not say
/// where a key was given first.</remarks>
/// <param name="text">The file's text.</param>
/// <param name="problems">Receives what is wrong.</param>
internal sealed class ConfigTreeReader(string text, ConfigProblems problems)
{
    private const int NodesMax = 2_000_000;
    private const int DepthMax = 16;

    private readonly Parser _parser = new(new StringReader(text));
    private int _nodes;

    /// <summary>Where the reader stands.</summary>
    public ConfigPlace At => _parser.Current is { } current ? PlaceOf(current.Start) : ConfigPlace.Start;

    /// <summary>Reads the one document.</summary>
    /// <returns>Its root mapping, or null after a problem.</returns>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    public ConfigMapping? Read()
    {
        while (_parser.MoveNext() && _parser.Current is StreamStart or DocumentStart)
        {
        }

        ConfigNode? root = _parser.Current is StreamEnd or null ? null : Node(depth: 1, key: "");
        if (root is null && _parser.Current is not (StreamEnd or null))
        {
            return null;
        }

        bool isAlone = root is null || (_parser.MoveNext() && _parser.MoveNext() && _parser.Current is StreamEnd);
        if (root is ConfigMapping mapping && isAlone)
        {
            return mapping;
        }

        problems.Add(ConfigPlace.Start, "", "the file must hold one mapping of keys to values");
        return null;
    }

    private static ConfigPlace PlaceOf(Mark mark) => new(Math.Max(1, mark.Line), Math.Max(1, mark.Column));

    /// <summary>Reads the value that the parser stands at; afterwards it stands at the value's last event.</summary>
    private ConfigNode? Node(int depth, string key)
    {
        if (Refused(depth, _parser.Current!) is { } problem)
        {
            problems.Add(At, key, problem);
            return null;
        }

        return _parser.Current switch
        {
            Scalar scalar => new ConfigText(At, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => List(depth, key),
            MappingStart => Mapping(depth, key),
            _ => throw new YamlException($"unexpected {_parser.Current!.GetType().Name}"),
        };
    }

    private string? Refused(int depth, ParsingEvent at) =>
        at is AnchorAlias || (at is NodeEvent node && !node.Anchor.IsEmpty) ? "anchors and aliases are not read"
        : at is NodeEvent tagged && !tagged.Tag.IsEmpty && !tagged.Tag.IsNonSpecific ? "tags are not read"
        : depth > DepthMax ? $"is nested deeper than {DepthMax} levels"
        : ++_nodes > NodesMax ? $"has more than {NodesMax} values"
        : null;

    private ConfigList? List(int depth, string key)
    {
        ConfigPlace start = At;
        List<ConfigNode> items = [];
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
        {
            if (Node(depth + 1, $"{key}[{items.Count}]") is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        return new ConfigList(start, items);
    }

    private ConfigMapping? Mapping(int depth, string key)
    {
        ConfigPlace start = At;
        List<ConfigEntry> entries = [];
        Dictionary<string, long> lines = [];
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            ConfigPlace at = At;
            if (_parser.Current is not Scalar name)
            {
                problems.Add(at, key, "a key must be plain text");
                return null;
            }

            string path = key.Length == 0 ? name.Value : $"{key}.{name.Value}";
            if (Refused(depth, name) is { } refused)
            {
                problems.Add(at, path, refused);
                return null;
            }

            _parser.MoveNext();
            if (Node(depth + 1, path) is not { } value)
            {
                return null;
            }

            if (lines.TryAdd(name.Value, at.Line))
            {
                entries.Add(new(at, name.Value, value));
            }
            else
            {
                problems.Add(at, path, $"is given twice; it was on line {lines[name.Value]}");
            }
        }

        return new ConfigMapping(start, entries);
    }
}
