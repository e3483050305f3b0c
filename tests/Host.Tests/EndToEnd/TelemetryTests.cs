using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>Goal: a daemon keeps nothing about its user and sends nothing. Method: a home of its own, looked at after a
/// whole run with a model.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_run_leaves_nothing_of_the_model_runtimes_telemetry_in_the_users_home()
    {
        using TempFolder folder = new();
        string home = folder.File("home");
        Directory.CreateDirectory(home);
        string config = DaemonProcess.Config(folder, quota: 1, more: "run: {stop_when_filled: true}");
        using DaemonProcess daemon = DaemonProcess.StartWith(config, $"HOME={home}", $"XDG_CACHE_HOME={home}/.cache");

        Assert.True(await daemon.ExitCodeAsync() == 0, daemon.Said);

        string[] left = [.. Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories)];
        Assert.DoesNotContain(left, file => file.Contains("onnxruntime", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain(left, file => file.Contains("deviceid", StringComparison.OrdinalIgnoreCase));
    }
}
