using System.Text.RegularExpressions;
using Kernels.Device;
using Kernels.Device.OpenCl;
using Tests.Shared;

namespace Kernels.Tests.Device;

/// <summary>
/// Goal: no kernel has a data race, reads or writes outside its memory, or is called wrongly. PoCL hides missing
/// barriers:
/// answers stay right without them. Method: this test assembly runs itself as a child on oclgrind's OpenCL device,
/// which
/// watches every access; the child runs all tests with the trait oclgrind=yes, small problems one and all. A race that
/// was planted shows that the method sees one.
/// </summary>
public sealed partial class OclgrindTests : IDisposable
{
    private const string Driver = "/usr/lib/oclgrind/liboclgrind-rt-icd.so";
    private const int TestsMin = 8;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_kernel_has_a_race_or_touches_what_is_not_its_own()
    {
        (Command child, string log) = await RunWatchedAsync("-trait", "oclgrind=yes");

        Assert.True(child.ExitCode == 0, child.Output);
        Assert.True(log.Length == 0, log);
        Match counts = Counts().Match(child.Output);
        Assert.True(counts.Success, child.Output);
        Assert.InRange(int.Parse(counts.Groups[1].Value) - int.Parse(counts.Groups[2].Value), TestsMin, int.MaxValue);
    }

    [Fact]
    public async Task A_planted_race_is_seen()
    {
        (_, string log) = await RunWatchedAsync("-explicit", "only", "-trait", "oclgrind=planted");

        Assert.Contains("data race", log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_planted_read_outside_a_buffer_is_seen()
    {
        (_, string log) = await RunWatchedAsync("-explicit", "only", "-trait", "oclgrind=planted");

        Assert.Contains("Invalid read", log, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    [Trait("oclgrind", "planted")]
    public void Child_with_a_race_and_a_read_outside_a_buffer()
    {
        const string text = """
            KERNEL GROUP(8, 1, 1) void turn(GLOBAL int* values, int past)
            {
                LOCAL int copy[8];
                copy[LOCAL_X] = values[LOCAL_X];
                values[LOCAL_X] = copy[7 - LOCAL_X] + values[past]; // There should be a barrier before this.
            }
            """;
        using OpenClDevice device = OpenClDevices.Open();
        using DeviceBuffer<int> values = device.Allocate<int>(8);
        device.Upload<int>([0, 1, 2, 3, 4, 5, 6, 7], values);

        device.Build(new KernelSource("Turn.cl", KernelSource.Header + text, "Turn", []))
            .Launch("turn", LaunchShape.Line(1, 8), values, 8);

        device.Synchronize();
    }

    [GeneratedRegex(@"Total: (\d+), .*Skipped: (\d+)")]
    private static partial Regex Counts();

    private async Task<(Command Child, string Log)> RunWatchedAsync(params string[] filter)
    {
        if (!File.Exists(Driver))
        {
            RequiredDevice.Missing($"No {Driver}: install oclgrind");
        }

        string log = _folder.File("log");
        Directory.CreateDirectory(_folder.File("vendors"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder.File("vendors"), "oclgrind.icd"), Driver, TestContext.Current.CancellationToken);
        Dictionary<string, string?> environment = new()
        {
            ["OCL_ICD_VENDORS"] = _folder.File("vendors"),
            ["OCLGRIND_DATA_RACES"] = "1",
            ["OCLGRIND_CHECK_API"] = "1",
            ["OCLGRIND_LOCAL_MEM_SIZE"] = "65536", // Its own is 32 KB; kernels may have 48.
            ["OCLGRIND_LOG"] = log,
            [RequiredDevice.Variable] = null,
        };
        Command child = await Command.RunAsync(
            Environment.ProcessPath!, ["-noLogo", "-noColor", "-parallel", "none", .. filter],
            environment: environment);
        return (child, File.Exists(log) ? await File.ReadAllTextAsync(log) : "");
    }
}
