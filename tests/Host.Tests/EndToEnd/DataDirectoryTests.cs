using System.Net;
using System.Text.Json;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>
/// Goal: a disk that cannot be written to is told in one line, one that is full holds the line and loses nothing.
/// Method: a real daemon that alone sees a real small disk, in a mount namespace of its own.
/// </summary>
public sealed class DataDirectoryTests : IDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_only_directory_is_one_line()
    {
        await SkipWithoutNamespacesAsync();
        using DaemonProcess daemon = DaemonProcess.StartOnDisk(
            DaemonProcess.Config(_folder), _folder.File("data"), "mount -t tmpfs -o ro none .");

        int code = await daemon.ExitCodeAsync();

        Assert.Equal(78, code);
        Assert.Contains(
            $"store.directory: is '{_folder.File("data")}', which", daemon.Said, StringComparison.Ordinal);
        Assert.Single(daemon.Said.Trim().Split('\n'));
    }

    [Fact]
    public async Task Full_disk_holds_the_line_until_there_is_room_and_loses_nothing()
    {
        await SkipWithoutNamespacesAsync();
        string data = _folder.File("data");
        using DaemonProcess daemon = DaemonProcess.StartOnDisk(
            DaemonProcess.Config(_folder, quota: 5), data,
            "mount -t tmpfs -o size=3m none . && cd . && head -c 2600k /dev/zero >ballast");
        await daemon.ListensAsync();
        using HttpClient http = new() { BaseAddress = new Uri(daemon.Http), Timeout = HangLimit };

        JsonElement held = await HeldAsync(http);
        using HttpResponseMessage alive = await http.GetAsync(new Uri("/healthz", UriKind.Relative), Token);
        File.Delete($"/proc/{daemon.ProcessId}/root{data}/ballast");
        Command consumer = await DaemonProcess.RunAsync(
            "consume", "--connect", daemon.Samples, "--group", "g", "--count", "15", "--json");
        daemon.Signal("TERM");

        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        Assert.InRange(held.GetProperty("last_sequence").GetInt64(), 0, 14);
        Assert.True(consumer.ExitCode == 0, consumer.Error + daemon.Said);
        Assert.Equal(
            Enumerable.Range(1, 15).Select(i => (long)i),
            consumer.Output.Trim().Split('\n').Select(line =>
                JsonDocument.Parse(line).RootElement.GetProperty("sequence").GetInt64()));
        Assert.True(await daemon.ExitCodeAsync() == 0, daemon.Said);
    }

    /// <summary>Waits until /readyz says that the disk is full.</summary>
    private static async Task<JsonElement> HeldAsync(HttpClient http)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(HangLimit);
        while (true)
        {
            using HttpResponseMessage ready = await http.GetAsync(new Uri("/readyz", UriKind.Relative), limit.Token);
            string said = await ready.Content.ReadAsStringAsync(limit.Token);
            if (!ready.IsSuccessStatusCode && said.Contains("too little free space", StringComparison.Ordinal))
            {
                return JsonDocument.Parse(await http.GetStringAsync(
                    new Uri("/v1/status", UriKind.Relative), limit.Token)).RootElement;
            }
        }
    }

    private static async Task SkipWithoutNamespacesAsync()
    {
        Command allowed = await Command.RunAsync(
            "unshare", ["-rm", "mount", "-t", "tmpfs", "none", Path.GetTempPath()]);
        Assert.SkipUnless(
            allowed.ExitCode == 0, $"Needs a mount namespace of its own (unshare -rm): {allowed.Error.Trim()}");
    }
}
