using System.CommandLine;
using Host.Configuration;
using Host.Explain;
using Host.Lifecycle;

namespace Host.Commands;

/// <summary><c>headwater explain</c>: why one picture passes the filters, or does not.</summary>
internal static class ExplainCommand
{
    /// <summary>Makes the command.</summary>
    /// <returns>The command, to be added to the root.</returns>
    public static Command Create()
    {
        Argument<string> what = new("what") { Description = "A picture's file, or the key of a try in a store." };
        Option<string?> config = new("--config", "-c") { Description = "The configuration whose filters judge." };
        Option<DirectoryInfo?> store = new("--store")
        {
            Description = "The data directory that knows the key; that of the configuration when absent.",
        };
        Option<string?> category = new("--category") { Description = "Of a file: what it is to show." };
        Option<FileInfo?> mask = new("--mask")
        {
            Description = "Of a file: the object is white; the whole picture when absent.",
        };
        Command command = new("explain", "Say why one picture passes the filters, or does not.")
        {
            what, config, store, category, mask,
        };
        command.SetAction((parsed, stopping) => Reading.RunAsync("explain", () => RunAsync(
            parsed.GetValue(what)!, parsed.GetValue(config), parsed.GetValue(store)?.FullName,
            parsed.GetValue(category), parsed.GetValue(mask)?.FullName, stopping)));
        return command;
    }

    private static async Task<ExitCode> RunAsync(
        string what, string? config, string? store, string? category, string? mask, CancellationToken stopping)
    {
        bool isFile = store is null && File.Exists(what);
        string? wrong =
            isFile && (config is null || category is null)
                ? $"{what} is a picture: name its --category, and the --config whose filters judge it"
            : !isFile && (category is not null || mask is not null)
                ? $"{what} is no file: --category and --mask belong to a picture's file"
            : !isFile && config is null && store is null
                ? $"{what} is no file; name the --store or the --config that knows the key"
            : null;
        if (wrong is not null)
        {
            await Console.Error.WriteLineAsync($"headwater explain: {wrong}").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        HeadwaterConfig? loaded = config is null ? null : Validate.Load(config);
        if (config is not null && loaded is null)
        {
            return ExitCode.Configuration;
        }

        return isFile
            ? await ExplainPicture.RunAsync(loaded!, what, mask, category!, stopping).ConfigureAwait(false)
            : await ExplainSample.RunAsync(store ?? loaded!.Store.Directory, what, loaded, stopping)
                .ConfigureAwait(false);
    }
}
