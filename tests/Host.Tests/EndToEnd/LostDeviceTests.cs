using System.Globalization;
using Engine.Store;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>Goal: a daemon works with its kernels on CUDA, and one whose GPU fails in the middle says so, ends as for
/// any stage that failed, and has lost nothing. Method: a real daemon with the tests' libcuda.so.1, which runs the
/// kernels on the processor and fails from some launch on, then one whose device lasts.</summary>
public sealed class LostDeviceTests : IDisposable
{
    private const int StageFailed = 1;

    private static readonly string Model = Repository.Path("models", "mini", "clip");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public async Task A_GPU_that_fails_ends_the_daemon_with_1_and_the_next_life_goes_on(int launches)
    {
        await BuildDriverAsync();
        string config = DaemonProcess.Config(_folder, quota: 4, more: $$"""
            run: {stop_when_filled: true}
            kernels: {device: cuda}
            embedder: {model: {model: {{Model}} } }
            filters: [{name: dup, duplicates: {max: 1, rows_max: 64} }]
            """);
        using (DaemonProcess daemon = Start(config, launches))
        {
            int code = await daemon.ExitCodeAsync();
            Assert.True(code == StageFailed, $"{code}: {daemon.Said}");
            Assert.Contains("kernels on Cuda: PTX machine", daemon.Said, StringComparison.Ordinal);
            Assert.Contains("Stage 'filter' failed", daemon.Said, StringComparison.Ordinal);
            Assert.Contains("CUDA_ERROR_LAUNCH_FAILED", daemon.Said, StringComparison.Ordinal);
        }

        long before = Accepted();
        using (DaemonProcess sound = Start(config, int.MaxValue))
        {
            int code = await sound.ExitCodeAsync();
            Assert.True(code == 0, $"{code}: {sound.Said}");
        }

        Assert.InRange(before, 0, 11);
        Assert.Equal(12, Accepted());
    }

    private async Task BuildDriverAsync()
    {
        string sources = Repository.Path("tests", "Kernels.Tests", "Device", "PtxMachine");
        await Shim.BuildAsync(_folder, "libcuda.so.1", Directory.GetFiles(sources, "*.c"));
    }

    private DaemonProcess Start(string config, int launches) => DaemonProcess.StartWith(
        config, $"LD_LIBRARY_PATH={_folder.Path}",
        string.Create(CultureInfo.InvariantCulture, $"HEADWATER_PTX_LOST_AFTER={launches}"));

    private long Accepted()
    {
        using StoreView store = StoreView.Open(_folder.File("data"));
        return store.LastSequence();
    }
}
