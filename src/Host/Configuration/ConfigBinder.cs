using System.Reflection;
using Engine.Options;

namespace Host.Configuration;

/// <summary>Makes options records of a file's nodes and collects every problem, each with its place.</summary>
/// <remarks>A record starts as a copy of what its place holds without the file, so a section that gives one key keeps
/// the other defaults of that place, also where they are not those of the type.</remarks>
/// <param name="folder">The file's folder, absolute: relative paths are meant from there.</param>
/// <param name="environment">Looks up a variable for <c>${NAME}</c>; null when it is not set.</param>
/// <param name="problems">Receives what is wrong.</param>
internal sealed partial class ConfigBinder(string folder, Func<string, string?> environment, ConfigProblems problems)
{
    private readonly NullabilityInfoContext _nullability = new();
    private readonly List<ConfigPath> _paths = [];

    /// <summary>Where each key of the file stands.</summary>
    public ConfigPlaces Places { get; } = new();

    /// <summary>Each path of the configuration, also the defaulted ones; empty ones are left out.</summary>
    public IReadOnlyList<ConfigPath> Paths => _paths;

    /// <summary>Makes the root record of a file.</summary>
    /// <param name="type">A record with a parameterless constructor and init properties.</param>
    /// <param name="root">The file's root.</param>
    public object Bind(Type type, ConfigMapping root) => Record(Activator.CreateInstance(type)!, root, key: "");

    /// <summary>Fills a record that nobody else holds.</summary>
    private object Record(object record, ConfigMapping? node, string key)
    {
        int unreadBefore = problems.Unread;
        Dictionary<string, ConfigKey> keys = ConfigKey.Of(record.GetType());
        HashSet<string> given = [];
        foreach (ConfigEntry entry in node?.Entries ?? [])
        {
            string path = Join(key, entry.Key);
            if (!keys.TryGetValue(entry.Key, out ConfigKey? known))
            {
                string? near = ConfigNames.Nearest(entry.Key, keys.Keys);
                problems.Add(
                    entry.At, path, "is not a key here" + (near is null ? "" : $"; do you mean {near}?"));
                continue;
            }

            given.Add(entry.Key);
            Places.Add(path, entry.Value.At);
            Set(record, known, entry.Value, path);
        }

        foreach (ConfigKey absent in keys.Values.Where(known => !given.Contains(known.Name)))
        {
            Default(record, absent, Join(key, absent.Name));
        }

        if (problems.Unread == unreadBefore)
        {
            Check(record, key);
        }

        return record;
    }

    private void Set(object record, ConfigKey key, ConfigNode node, string path)
    {
        object? now = key.Property.GetValue(record);
        if (node is ConfigText { IsNull: true } && IsNullable(key.Property))
        {
            key.Property.SetValue(record, null);
        }
        else if (node is ConfigText { IsNull: true } && !ConfigScalars.IsScalar(key.Type))
        {
            Default(record, key, path); // A section whose keys are all commented out.
        }
        else if (Value(key.Type, now, node, path, key.IsBytes) is { } value)
        {
            key.Property.SetValue(record, value);
            Anchor(record, key, path);
        }
    }

    /// <summary>Leaves a key as it is without the file; the paths in it count from the file's folder all the
    /// same.</summary>
    private void Default(object record, ConfigKey key, string path)
    {
        if (key.IsRequired)
        {
            problems.AddUnread(Places.Find(path), path, "is missing; it must be given");
        }
        else if (key.Property.GetValue(record) is { } value && ConfigKey.IsRecord(key.Type))
        {
            key.Property.SetValue(record, Record(Copy(value), node: null, path));
        }
        else
        {
            Anchor(record, key, path);
        }
    }

    /// <summary>Turns a path into an absolute one.</summary>
    private void Anchor(object record, ConfigKey key, string path)
    {
        if (key.Path is { } kind && key.Property.GetValue(record) is string { Length: > 0 } given)
        {
            string absolute = Path.GetFullPath(given, folder);
            key.Property.SetValue(record, absolute);
            _paths.Add(new(path, absolute, kind.IsOutput));
        }
    }

    private void Check(object record, string key)
    {
        if (record is ICheckedOptions options)
        {
            foreach (OptionProblem problem in options.Problems())
            {
                string path = Join(key, ConfigNames.Snake(problem.Property));
                problems.Add(Places.Find(path), path, problem.Message);
            }
        }
    }

    private bool IsNullable(PropertyInfo property) =>
        _nullability.Create(property).WriteState == NullabilityState.Nullable;

    /// <summary>What <c>with</c> does: the default of a place may be shared by all of its kind.</summary>
    private static object Copy(object record) =>
        record.GetType().GetMethod("<Clone>$")?.Invoke(record, null)
        ?? throw new InvalidOperationException($"{record.GetType()} is not a record; options must be records.");

    private static string Join(string key, string name) => key.Length == 0 ? name : $"{key}.{name}";
}
