using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Engine.Options;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Host.Configuration;

/// <summary>Makes options records of YAML nodes and collects every problem, each with its place.</summary>
/// <param name="file">The file as it was named, for messages.</param>
/// <param name="environment">Looks up a variable for <c>${NAME}</c>; null when it is not set.</param>
internal sealed partial class ConfigBinder(string file, Func<string, string?> environment)
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(file))!;

    /// <summary>What was wrong, in the order of the file.</summary>
    public List<ConfigProblem> Problems { get; } = [];

    /// <summary>Makes a record of a mapping.</summary>
    public object Record(Type type, YamlMappingNode node, string key)
    {
        object record = Activator.CreateInstance(type)!;
        Dictionary<string, PropertyInfo> properties = PropertiesOf(type);
        Dictionary<string, Mark> places = [];
        int problemsBefore = Problems.Count;
        foreach ((YamlNode name, YamlNode value) in node.Children)
        {
            string given = (name as YamlScalarNode)?.Value ?? "";
            string path = Join(key, given);
            if (!properties.TryGetValue(given, out PropertyInfo? property))
            {
                string? near = ConfigNames.Nearest(given, properties.Keys);
                Add(name.Start, path, "is not a key here" + (near is null ? "" : $"; do you mean {near}?"));
                continue;
            }

            places[property.Name] = value.Start;
            if (Value(property, value, path) is { } bound)
            {
                property.SetValue(record, bound);
            }
        }

        Missing(type, node, key, places);
        if (Problems.Count == problemsBefore)
        {
            Check(record, node.Start, key, places);
        }

        return record;
    }

    private static Dictionary<string, PropertyInfo> PropertiesOf(Type type) => type
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.SetMethod is not null)
        .ToDictionary(property => ConfigNames.Snake(property.Name));

    private static string Join(string key, string name) => key.Length == 0 ? name : $"{key}.{name}";

    private void Missing(Type type, YamlMappingNode node, string key, Dictionary<string, Mark> places)
    {
        foreach (PropertyInfo property in PropertiesOf(type).Values)
        {
            bool isRequired = property.GetCustomAttribute<RequiredMemberAttribute>() is not null;
            if (isRequired && !places.ContainsKey(property.Name))
            {
                Add(node.Start, Join(key, ConfigNames.Snake(property.Name)), "is missing; it must be given");
            }
        }
    }

    /// <summary>Asks a record, and the records in it that the file does not mention, what is wrong with it.</summary>
    private void Check(object record, Mark at, string key, Dictionary<string, Mark> places)
    {
        if (record is ICheckedOptions options)
        {
            foreach (OptionProblem problem in options.Problems())
            {
                string path = Join(key, ConfigNames.Snake(problem.Property));
                Add(places.GetValueOrDefault(problem.Property, at), path, problem.Message);
            }
        }

        foreach (PropertyInfo property in PropertiesOf(record.GetType()).Values)
        {
            if (!places.ContainsKey(property.Name) && property.GetValue(record) is ICheckedOptions unmentioned)
            {
                Check(unmentioned, at, Join(key, ConfigNames.Snake(property.Name)), []);
            }
        }
    }

    private object? Value(PropertyInfo property, YamlNode node, string key)
    {
        object? value = Value(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, node, key,
            property.Name.Contains("Bytes", StringComparison.Ordinal));
        return value is string { Length: > 0 } path && property.GetCustomAttribute<ConfigPathAttribute>() is not null
            ? Path.GetFullPath(path, _folder)
            : value;
    }

    private object? Value(Type type, YamlNode node, string key, bool isBytes)
    {
        if (ConfigScalars.IsScalar(type))
        {
            return node is YamlScalarNode scalar ? Scalar(type, scalar, key, isBytes)
                : Wrong(node, key, $"must be {ConfigScalars.Wanted(type, isBytes)}, not a list or a mapping");
        }

        if (ItemOf(type) is { } item)
        {
            return node is YamlSequenceNode list ? List(type, item, list, key, isBytes)
                : Wrong(node, key, "must be a list");
        }

        return node is YamlMappingNode mapping ? Record(type, mapping, key)
            : node is YamlScalarNode { Value: null or "" } ? Record(type, new YamlMappingNode(), key)
            : Wrong(node, key, "must be a mapping of keys to values");
    }

    private static Type? ItemOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[0]
        : null;

    private Array List(Type type, Type item, YamlSequenceNode list, string key, bool isBytes)
    {
        Array values = Array.CreateInstance(item, list.Children.Count);
        for (int i = 0; i < values.Length; i++)
        {
            if (Value(item, list.Children[i], $"{key}[{i}]", isBytes) is { } value)
            {
                values.SetValue(value, i);
            }
        }

        return values;
    }

    private object? Scalar(Type type, YamlScalarNode node, string key, bool isBytes)
    {
        string? text = Substituted(node, key);
        if (text is null)
        {
            return null;
        }

        object? value = ConfigScalars.Read(text, type, isBytes, out string? problem);
        return problem is null ? value : Wrong(node, key, problem);
    }

    private string? Substituted(YamlScalarNode node, string key)
    {
        string? missing = null;
        string text = Variable().Replace(node.Value ?? "", match =>
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
            Add(node.Start, key, $"needs the environment variable {missing}, which is not set");
            return null;
        }

        return text;
    }

    private object? Wrong(YamlNode node, string key, string message)
    {
        Add(node.Start, key, message);
        return null;
    }

    private void Add(Mark at, string key, string message) =>
        Problems.Add(new(file, at.Line, at.Column, key, message));

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}")]
    private static partial Regex Variable();
}
