using System.CommandLine;

namespace Host.Commands;

/// <summary>The option that names a data directory, for commands that read a store beside or without a daemon.
/// </summary>
internal static class StoreOption
{
    /// <summary>Makes it.</summary>
    public static Option<DirectoryInfo> Create() => new("--store")
    {
        Description = "The data directory (store.directory of the configuration); a daemon may be writing to it.",
        Required = true,
    };
}
