using Host.Configuration;
using Host.Tests.Configuration;
using Tests.Shared;

namespace Host.Tests.Commands;

/// <summary>Goal: <c>headwater validate</c> tells a script by its exit code and a person by its lines.</summary>
public sealed class ValidateTests
{
    [Fact]
    public async Task Right_file_is_one_line_and_0()
    {
        using ConfigFile file = new(ConfigFile.Least);

        Command command = await RunAsync(file, "--no-environment");

        Assert.True(command.ExitCode == 0, command.Error);
        Assert.Single(command.Output.TrimEnd().Split('\n'));
        Assert.Empty(command.Error);
    }

    [Fact]
    public async Task Wrong_file_is_a_line_a_problem_and_78()
    {
        using ConfigFile file = new(ConfigFile.Least + "run: {name: ''}\nstore: {shard_bytes_max: 1}\n");

        Command command = await RunAsync(file);

        Assert.Equal((78, ""), (command.ExitCode, command.Output));
        string[] lines = command.Error.TrimEnd().Split('\n');
        Assert.All(lines, line => Assert.StartsWith(file.Path + ":", line, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(": run.name: has 0 characters", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(": store.shard_bytes_max: is 1;", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("which does not exist", StringComparison.Ordinal));
    }

    [Fact]
    public void Shipped_configuration_has_no_problem()
    {
        (_, IReadOnlyList<ConfigProblem> problems) =
            ConfigLoader.Load(Repository.Path("demo", "headwater.yaml"), _ => null);

        Assert.Empty(problems);
    }

    private static Task<Command> RunAsync(ConfigFile file, params string[] options) => Command.RunAsync(
        "dotnet", [typeof(ConfigLoader).Assembly.Location, "validate", "-c", file.Path, .. options]);
}
