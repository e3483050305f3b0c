using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Engine.Options;

namespace Host.Configuration;

/// <summary>One key of a section: an init property of an options record.</summary>
/// <param name="Name">The key in the file.</param>
/// <param name="Property">The property.</param>
internal sealed record ConfigKey(string Name, PropertyInfo Property)
{
    private static readonly ConcurrentDictionary<Type, ConfigKey[]> Known = new();

    /// <summary>What a value must be; of <c>int?</c> it is <c>int</c>.</summary>
    public Type Type { get; } = Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>Whether the file must give it.</summary>
    public bool IsRequired { get; } = Property.GetCustomAttribute<RequiredMemberAttribute>() is not null;

    /// <summary>Whether it is a number of bytes, told by its name.</summary>
    public bool IsBytes { get; } = Property.Name.Contains("Bytes", StringComparison.Ordinal);

    /// <summary>What is known of it as a path, or null when it is none.</summary>
    public ConfigPathAttribute? Path { get; } = Property.GetCustomAttribute<ConfigPathAttribute>();

    /// <summary>The keys of a record, by name.</summary>
    public static Dictionary<string, ConfigKey> Of(Type type) => Known
        .GetOrAdd(type, static type =>
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.SetMethod is { IsPublic: true })
                .OrderBy(property => property.MetadataToken)
                .Select(property => new ConfigKey(ConfigNames.Snake(property.Name), property)),
        ])
        .ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>What a list holds, or null when the type is no list.</summary>
    public static Type? ItemOf(Type type) =>
        type.IsArray ? type.GetElementType()
        : MapOf(type) is not null ? null
        : type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) ? type.GetGenericArguments()[0]
        : null;

    /// <summary>What a map from names of the user's holds, a scalar; or null when the type is no such map.</summary>
    public static Type? MapOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>)
            ? type.GetGenericArguments()[1]
            : null;

    /// <summary>Whether a type is a section of its own.</summary>
    public static bool IsRecord(Type type) =>
        !ConfigScalars.IsScalar(type) && ItemOf(type) is null && MapOf(type) is null;
}
