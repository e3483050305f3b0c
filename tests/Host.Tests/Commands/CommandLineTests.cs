using Host.Tests.EndToEnd;
using Tests.Shared;

namespace Host.Tests.Commands;

/// <summary>Goal: scripts tell a wrong command line from a failure by its exit code (docs/operations.md).</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("no-such-command", "no-such-command")]
    [InlineData("serve --no-such-option", "--no-such-option")]
    [InlineData("bench deliver --rounds 0", "--rounds")]
    [InlineData("store", "required")]
    public async Task Wrong_command_line_is_named_with_exit_2(string line, string named)
    {
        Command wrong = await DaemonProcess.RunAsync(line.Split(' '));

        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains(named, wrong.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("bench deliver --help")]
    [InlineData("version")]
    public async Task Question_is_answered_with_exit_0(string line)
    {
        Command asked = await DaemonProcess.RunAsync(line.Split(' '));

        Assert.Equal((0, ""), (asked.ExitCode, asked.Error));
        Assert.NotEqual("", asked.Output.Trim());
    }
}
