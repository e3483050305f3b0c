using System.Globalization;
using System.Text.RegularExpressions;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: the training example of the Python client does what it says, from a daemon that makes the samples meanwhile.
/// Method: it runs in a process of its own against a fast line; its printed losses and sequences are what is judged.
/// </summary>
public sealed partial class TrainingExampleTests : IDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(3);
    private static readonly string Example = Repository.Path("clients", "python", "examples", "train_segmentation.py");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Loss_falls_a_resume_goes_on_after_the_checkpoint_and_an_interrupt_leaves_nothing_behind()
    {
        await PythonProcess.SkipUnlessItHasAsync(
            ("msgpack", "python3-msgpack"), ("numpy", "python3-numpy"), ("PIL", "python3-pil"),
            ("torch", "python3-torch"));
        string[] sharedBefore = Directory.GetFileSystemEntries("/dev/shm");
        using DaemonProcess daemon = await DaemonProcess.StartAsync(FastLine.Config(
            _folder, ["tcp://127.0.0.1:0"], "deliver: {backlog_max_items: 256}"));

        string first = await RunAsync(daemon, "--steps", "80", "--checkpoint-every", "30");
        (string second, int process) = await InterruptAsync(daemon);
        string third = await RunAsync(daemon, "--steps", "5");

        double[] losses = [.. Steps().Matches(first).Select(step => Number(step, 2))];
        Assert.Equal(80, losses.Length);
        double before = losses[..20].Average();
        double after = losses[^20..].Average();
        Assert.True(after < 0.7 * before, $"loss {before:F4} in the first quarter, {after:F4} in the last");
        AssertGoesOn(first, second);
        AssertGoesOn(second, third);
        Assert.False(Directory.Exists($"/proc/{process}"));
        Assert.Empty(Directory.GetFileSystemEntries("/dev/shm").Except(sharedBefore));
    }

    /// <summary>The later run's first sample is the one after the earlier run's last checkpoint, as its step.</summary>
    private static void AssertGoesOn(string earlier, string later)
    {
        Match kept = Kept().Matches(earlier)[^1];
        Match resumed = Resumed().Match(later);
        Match next = Steps().Match(later);
        Assert.True(resumed.Success && next.Success, later);
        Assert.Equal((Number(kept, 1), Number(kept, 2)), (Number(resumed, 1), Number(resumed, 2)));
        Assert.Equal((Number(kept, 1) + 1, Number(kept, 2) + 1), (Number(next, 1), Number(next, 3)));
    }

    private async Task<string> RunAsync(DaemonProcess daemon, params string[] arguments)
    {
        using PythonProcess training = Start(daemon, null, arguments);
        int code = await training.ExitCodeAsync(HangLimit);
        Assert.True(code == 0, training.Said);
        return training.Said;
    }

    /// <summary>Interrupts it as Ctrl-C does, once it has kept a checkpoint and gone on.</summary>
    private async Task<(string Said, int Process)> InterruptAsync(DaemonProcess daemon)
    {
        TaskCompletionSource isOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool hasKept = false;
        using PythonProcess training = Start(
            daemon,
            line =>
            {
                hasKept |= line.StartsWith("checkpoint", StringComparison.Ordinal);
                if (hasKept && line.StartsWith("step", StringComparison.Ordinal))
                {
                    isOn.TrySetResult();
                }
            },
            "--checkpoint-every", "7");
        await isOn.Task.WaitAsync(HangLimit);
        training.Signal("INT");
        int code = await training.ExitCodeAsync(HangLimit);
        Assert.True(code == 0, training.Said);
        Assert.Contains("interrupted", training.Said, StringComparison.Ordinal);
        return (training.Said, training.Id);
    }

    private PythonProcess Start(DaemonProcess daemon, Action<string>? heard, params string[] arguments) =>
        PythonProcess.Start(
            Example, heard, [daemon.Samples, "--checkpoint", _folder.File("segmentation.pt"), .. arguments]);

    private static double Number(Match match, int group) =>
        double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^step (\d+) loss (\S+) sequences (\d+) to (\d+)", RegexOptions.Multiline)]
    private static partial Regex Steps();

    [GeneratedRegex(@"^checkpoint at step (\d+), after sequence (\d+)", RegexOptions.Multiline)]
    private static partial Regex Kept();

    [GeneratedRegex(@"^resumes at step (\d+), after sequence (\d+)", RegexOptions.Multiline)]
    private static partial Regex Resumed();
}
