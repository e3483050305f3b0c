using System.Reflection;

namespace Tests.Shared;

/// <summary>Finds files of the checkout. Not [CallerFilePath]: a CI build maps source paths to /_/.</summary>
internal static class Repository
{
    /// <summary>The checkout's root, without a slash at the end.</summary>
    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(entry => entry.Key == "RepositoryRoot").Value!.TrimEnd('/');

    /// <summary>A path below the root.</summary>
    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>A path below deps/npm, where the launcher puts what npm brings.</summary>
    public static string Npm(params string[] parts) => Path(["deps", "npm", .. parts]);

    /// <summary>A path below ../shared, or null where there is no such neighbour: the test then skips.</summary>
    public static string? Shared(params string[] parts)
    {
        string path = System.IO.Path.GetFullPath(System.IO.Path.Combine([Root, "..", "shared", .. parts]));
        return System.IO.Path.Exists(path) ? path : null;
    }
}
