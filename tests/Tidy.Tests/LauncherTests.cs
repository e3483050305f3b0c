using Tests.Shared;

namespace Tidy.Tests;

/// <summary>Goal: what a stranger lacks is named in one line with how to get it, never in a stack trace.</summary>
public sealed class LauncherTests : IDisposable
{
    private static readonly string[] Tools =
        ["bash", "env", "readlink", "dirname", "basename", "cat", "sort", "find", "sha256sum", "mkdir", "grep", "head"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("headwater", "dotnet", "the .NET 10 SDK")]
    [InlineData("headwater", "node", "Node.js")]
    [InlineData("headwater", "npm", "npm")]
    [InlineData("headwater", "tar", "tar")]
    [InlineData("test", "node", "Node.js")]
    public async Task Missing_prerequisite_is_one_line_that_names_it(string launcher, string missing, string named)
    {
        string bin = Directory.CreateDirectory(_folder.File("bin")).FullName;
        foreach (string tool in Tools.Concat(["dotnet", "node", "npm", "tar"]).Where(tool => tool != missing))
        {
            File.CreateSymbolicLink(Path.Combine(bin, tool), Which(tool));
        }

        Command command = await Command.RunAsync(
            Path.Combine(bin, "bash"), [Repository.Path(launcher)], folder: "/",
            environment: new Dictionary<string, string?> { ["PATH"] = bin });

        Assert.Equal(69, command.ExitCode);
        string line = Assert.Single(command.Error.TrimEnd().Split('\n'));
        Assert.StartsWith($"headwater: {missing} is missing", line, StringComparison.Ordinal);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Contains("nstall", line, StringComparison.Ordinal);
    }

    private static string Which(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);
}
