using System.Collections;
using System.Text.RegularExpressions;

namespace Host.Configuration;

internal sealed partial class ConfigBinder
{
    /// <summary>Makes a value of a node.</summary>
    /// <param name="type">What it must be.</param>
    /// <param name="now">What its place holds without the file; null for nothing.</param>
    /// <param name="node">The node.</param>
    /// <param name="key">The path of its key.</param>
    /// <param name="isBytes">Whether whole numbers may carry a unit of bytes.</param>
    /// <returns>The value, or null after a problem.</returns>
    private object? Value(Type type, object? now, ConfigNode node, string key, bool isBytes)
    {
        if (ConfigScalars.IsScalar(type))
        {
            return node is ConfigText scalar ? Scalar(type, scalar, key, isBytes)
                : Wrong(node, key, $"must be {ConfigScalars.Wanted(type, isBytes)}, not a list or a mapping");
        }

        if (ConfigKey.ItemOf(type) is { } item)
        {
            return node is ConfigList list ? List(item, list, key, isBytes) : Wrong(node, key, "must be a list");
        }

        if (ConfigKey.MapOf(type) is { } held)
        {
            return node is ConfigMapping map ? Map(held, map, key, isBytes)
                : Wrong(node, key, "must be a mapping of names to values");
        }

        return node switch
        {
            ConfigMapping mapping => Record(Empty(type, now), mapping, key),
            ConfigText { IsNull: true } => Record(Empty(type, now), node: null, key),
            _ => Wrong(node, key, "must be a mapping of keys to values"),
        };
    }

    private static object Empty(Type type, object? now) => now is null ? Activator.CreateInstance(type)! : Copy(now);

    private Array List(Type item, ConfigList list, string key, bool isBytes)
    {
        Array values = Array.CreateInstance(item, list.Items.Count);
        for (int i = 0; i < values.Length; i++)
        {
            string path = $"{key}[{i}]";
            Places.Add(path, list.Items[i].At);
            if (Value(item, now: null, list.Items[i], path, isBytes) is { } value)
            {
                values.SetValue(value, i);
            }
        }

        return values;
    }

    private object Map(Type held, ConfigMapping map, string key, bool isBytes)
    {
        IDictionary values =
            (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), held))!;
        foreach (ConfigEntry entry in map.Entries)
        {
            string path = Join(key, entry.Key);
            Places.Add(path, entry.At);
            if (Value(held, now: null, entry.Value, path, isBytes) is { } value)
            {
                values[entry.Key] = value;
            }
        }

        return values;
    }

    private object? Scalar(Type type, ConfigText node, string key, bool isBytes)
    {
        string? text = Substituted(node, key);
        if (text is null)
        {
            return null;
        }

        if (node.IsNull && node.Value.Length > 0)
        {
            return Wrong(node, key, $"is {node.Value}; it must be {ConfigScalars.Wanted(type, isBytes)}");
        }

        object? value = ConfigScalars.Read(text, type, isBytes, out string? problem);
        return problem is null ? value : Wrong(node, key, problem);
    }

    /// <summary>Puts variables in. What a variable holds is text: it is not read as YAML, nor searched again.</summary>
    private string? Substituted(ConfigText node, string key)
    {
        string? missing = null;
        string text = Variable().Replace(node.Value, match =>
        {
            string? value = environment(match.Groups[1].Value);
            if (value is null && !match.Groups[2].Success)
            {
                missing = match.Groups[1].Value;
            }

            return value ?? match.Groups[3].Value;
        });
        if (missing is not null)
        {
            Wrong(node, key, $"needs the environment variable {missing}, which is not set");
            return null;
        }

        return text;
    }

    private object? Wrong(ConfigNode node, string key, string message)
    {
        problems.AddUnread(node.At, key, message);
        return null;
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}")]
    private static partial Regex Variable();
}
