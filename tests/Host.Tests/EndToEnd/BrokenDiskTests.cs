using Engine.Items;
using Engine.Store;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>Goal: a daemon whose disk breaks in a flush says so, ends at once with the store's exit code, and has
/// promised nothing that is not there. Method: a real daemon behind an fsync that fails from some call on, then a sound
/// one.</summary>
public sealed class BrokenDiskTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_flush_that_fails_ends_the_daemon_with_74_and_what_was_accepted_before_is_there(int flushes)
    {
        string shim = await Shim.BuildAsync(
            _folder, "failing_fsync.so", Repository.Path("tests", "Host.Tests", "EndToEnd", "failing_fsync.c"));
        string config = DaemonProcess.Config(_folder, quota: 4, more: """
            run: {stop_when_filled: true}
            stages: {store: {batch_max: 1}}
            """);
        int code;
        using (DaemonProcess daemon = DaemonProcess.StartWith(
            config, $"LD_PRELOAD={shim}", $"FAILING_FSYNC_AFTER={flushes}"))
        {
            code = await daemon.ExitCodeAsync();
            Assert.True(code == 74, $"{code}: {daemon.Said}");
            Assert.Contains("Input/output error", daemon.Said, StringComparison.OrdinalIgnoreCase);
        }

        StoredSample[] before = await SamplesAsync();
        using (DaemonProcess sound = await DaemonProcess.StartAsync(config))
        {
            Assert.Equal(0, await sound.ExitCodeAsync());
        }

        StoredSample[] after = await SamplesAsync();
        Assert.Equal(flushes, before.Length);
        Assert.Equal(before, after[..before.Length]);
        Assert.Equal(12, after.Length);
        Assert.Equal(12, after.Select(sample => sample.Key).Distinct().Count());
    }

    private async Task<StoredSample[]> SamplesAsync()
    {
        await using SampleStore store = SampleStore.Open(
            new StoreOptions { Directory = _folder.File("data"), FreeBytesMin = 0 }, TimeProvider.System);
        foreach (StoredSample stored in store.List(0, int.MaxValue))
        {
            _ = await store.ReadAsync(stored, Token);
        }

        return [.. store.List(0, int.MaxValue)];
    }
}
