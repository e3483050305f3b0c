using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Host.Configuration;

namespace Host.Tests.Configuration;

/// <summary>Writes docs/configuration.md from the options records: keys and defaults by reflection, meaning, unit and
/// range from what their XML documentation says.</summary>
internal sealed partial class Reference
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, XElement> _members = [];

    public Reference(params Assembly[] assemblies)
    {
        foreach (Assembly assembly in assemblies)
        {
            XDocument document = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
            foreach (XElement member in document.Descendants("member"))
            {
                _members[member.Attribute("name")!.Value] = member;
            }
        }
    }

    /// <summary>Properties that say nothing of themselves.</summary>
    public List<string> Undocumented { get; } = [];

    public string Write(Type root, string head)
    {
        _text.Append(head);
        Section(root, Activator.CreateInstance(root)!, key: "");
        return _text.ToString();
    }

    private void Section(Type type, object defaults, string key)
    {
        List<(ConfigKey Key, string Path, object? Default)> inner = [];
        bool hasTable = false;
        foreach (ConfigKey own in ConfigKey.Of(type).Values)
        {
            string path = key.Length == 0 ? own.Name : $"{key}.{own.Name}";
            object? value = own.Property.GetValue(defaults);
            if (Nested(own.Type) is not null)
            {
                inner.Add((own, path, value));
                continue;
            }

            _text.Append(hasTable ? "" : "\n| key | kind | default | meaning |\n|---|---|---|---|\n");
            hasTable = true;
            string said = own.IsRequired ? "none" : Said(value, own);
            string meaning = Meaning(own.Property);
            _text.Append(CultureInfo.InvariantCulture, $"| `{path}` | {Kind(own)} | {said} | {meaning} |\n");
        }

        foreach ((ConfigKey own, string path, object? value) in inner)
        {
            Type nested = Nested(own.Type)!;
            bool isList = nested != own.Type;
            string name = isList ? path + "[]" : path;
            string level = new('#', Math.Min(4, 2 + path.Count(c => c == '.')));
            _text.Append(CultureInfo.InvariantCulture, $"\n{level} {name}\n\n");
            string absent = isList ? " A list." : value is null ? " Absent by default." : "";
            _text.Append(CultureInfo.InvariantCulture, $"{Meaning(own.Property)}{absent}\n");
            Section(nested, isList || value is null ? Activator.CreateInstance(nested)! : value, name);
        }
    }

    private static Type? Nested(Type type)
    {
        Type inner = ConfigKey.ItemOf(type) ?? type;
        return ConfigKey.IsRecord(inner) ? inner : null;
    }

    private static string Kind(ConfigKey key) => ConfigKey.ItemOf(key.Type) is { } item
        ? $"list of {Kind(item, key)}"
        : ConfigKey.MapOf(key.Type) is { } held
        ? $"mapping of names to {Kind(held, key)}"
        : Kind(key.Type, key);

    private static string Kind(Type type, ConfigKey key) =>
        type.IsEnum ? string.Join(", ", Enum.GetNames(type).Select(name => $"`{ConfigNames.Snake(name)}`"))
        : type == typeof(bool) ? "`true`, `false`"
        : type == typeof(TimeSpan) ? "time"
        : type == typeof(double) ? "number"
        : type == typeof(string) ? key.Path is null ? "text" : "path"
        : key.IsBytes ? "bytes"
        : "whole number";

    private static string Said(object? value, ConfigKey key) => value switch
    {
        null or "" => "none",
        string text => $"`{text}`",
        bool flag => flag ? "`true`" : "`false`",
        Enum choice => $"`{ConfigNames.Snake($"{choice}")}`",
        TimeSpan time => $"`{Time(time)}`",
        IEnumerable list => list.Cast<object>().Select(item => Said(item, key)).ToArray() is { Length: > 0 } items
            ? string.Join(", ", items)
            : "none",
        long or int when key.IsBytes => $"`{Bytes(Convert.ToInt64(value, CultureInfo.InvariantCulture))}`",
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string Time(TimeSpan time) =>
        time.Ticks % TimeSpan.TicksPerHour == 0 && time.Ticks > 0 ? $"{time.TotalHours}h"
        : time.Ticks % TimeSpan.TicksPerMinute == 0 && time.Ticks > 0 ? $"{time.TotalMinutes}min"
        : time.Ticks % TimeSpan.TicksPerSecond == 0 ? $"{time.TotalSeconds}s"
        : $"{time.TotalMilliseconds}ms";

    private static string Bytes(long bytes) =>
        bytes > 0 && bytes % (1L << 30) == 0 ? $"{bytes >> 30}GiB"
        : bytes > 0 && bytes % (1L << 20) == 0 ? $"{bytes >> 20}MiB"
        : $"{bytes}";

    private string Meaning(PropertyInfo property)
    {
        string name = $"P:{property.DeclaringType!.FullName}.{property.Name}";
        if (!_members.TryGetValue(name, out XElement? member) || member.Element("summary") is not { } summary)
        {
            Undocumented.Add(name);
            return "";
        }

        // A place may have another default than its type says; the column beside is the place's.
        string text = string.Join(
            ' ', new[] { summary, member.Element("remarks") }.OfType<XElement>().Select(Plain));
        return PlainDefault().Replace(text, "").Trim();
    }

    private static string Plain(XElement element)
    {
        string text = string.Concat(element.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "see" } see => $"`{Referred(see)}`",
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement other => " " + Plain(other),
            _ => "",
        }));
        return Blank().Replace(text, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    private static string Referred(XElement see)
    {
        string target = (see.Attribute("cref") ?? see.Attribute("langword"))!.Value;
        return ConfigNames.Snake(target[(target.LastIndexOf('.') + 1)..]);
    }

    [GeneratedRegex(@" ?Default \S+( (ms|s|min|MiB|GiB))?\.(?=\s|$)")]
    private static partial Regex PlainDefault();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
