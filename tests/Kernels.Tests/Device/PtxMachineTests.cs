using System.Globalization;
using System.Text.RegularExpressions;
using Tests.Shared;

namespace Kernels.Tests.Device;

/// <summary>
/// Goal: what CudaDevice does and what the embedded PTX computes is executed, and watched, where there is no GPU.
/// Method: a libcuda.so.1 of C (PtxMachine/machine.h) that runs PTX on the processor; this test assembly runs itself as
/// a child that finds it, and the child runs the tests of CUDA. Each kind of fault is planted once, to show that the
/// machine sees it. It tells nothing of speed, and a GPU remains the judge of its own tensor cores.
/// </summary>
public sealed partial class PtxMachineTests : IDisposable
{
    private const string Library = "libcuda.so.1";
    private static readonly string[] Machine = ["access.c", "compute.c", "read.c", "run.c", "watch.c"];
    private static readonly string[] Driver = ["driver.c", .. Machine];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task All_tests_of_CUDA_pass_and_nothing_is_logged() => PassesAsync(90, testsMin: 189, skippedMax: 0);

    [Theory]
    [InlineData(70, 11, 7)] // It has no tensor cores: their tests skip themselves.
    [InlineData(80, 18, 0)]
    public Task Small_problems_pass_on_older_GPUs_and_nothing_is_logged(int capability, int testsMin, int skippedMax) =>
        PassesAsync(capability, testsMin, skippedMax, "-trait", "oclgrind=yes");

    [Fact]
    public async Task Each_planted_fault_is_seen()
    {
        (Command child, string log) = await RunAsync(
            Driver, 90, seed: 1, "-explicit", "only", "-class", typeof(PtxMachinePlantedTests).FullName!);

        Assert.True(child.ExitCode == 0, child.Output);
        Assert.All(
            PtxMachinePlantedTests.Faults, fault => Assert.Matches($"(?m)^{fault.Entry}, line .*{fault.Logged}", log));
    }

    [Fact]
    public async Task A_driver_without_the_entry_points_is_a_reason_and_not_a_crash()
    {
        (Command child, _) = await RunAsync(Machine, 90, seed: 1, "-class", typeof(KernelDevicesTests).FullName!);

        Assert.True(child.ExitCode == 0, child.Output);
    }

    [GeneratedRegex(@"Total: (\d+), .*Skipped: (\d+)")]
    private static partial Regex Counts();

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    private async Task PassesAsync(int capability, int testsMin, int skippedMax, params string[] filter)
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");

        (Command child, string log) = await RunAsync(Driver, capability, seed, ["-class", "*.Cuda*", .. filter]);

        Assert.True(child.ExitCode == 0, $"seed {seed}: {child.Output}");
        Assert.True(log.Length == 0, $"seed {seed}: {log}");
        Match counts = Counts().Match(child.Output);
        Assert.True(counts.Success, child.Output);
        int skipped = Number(counts.Groups[2]);
        Assert.InRange(Number(counts.Groups[1]) - skipped, testsMin, int.MaxValue);
        Assert.InRange(skipped, 0, skippedMax);
    }

    private async Task<(Command Child, string Log)> RunAsync(
        string[] sources, int capability, int seed, params string[] filter)
    {
        if (Shim.Compiler is null)
        {
            RequiredDevice.Missing("No C compiler for a libcuda.so.1 without a GPU: install gcc or clang");
        }

        await Shim.BuildAsync(_folder, Library, sources.Select(
            source => Repository.Path("tests", "Kernels.Tests", "Device", "PtxMachine", source)));
        string log = _folder.File("log");
        Dictionary<string, string?> environment = new()
        {
            ["LD_LIBRARY_PATH"] = _folder.Path,
            ["HEADWATER_PTX_LOG"] = log,
            ["HEADWATER_PTX_SEED"] = seed.ToString(CultureInfo.InvariantCulture),
            ["HEADWATER_PTX_CAPABILITY"] = capability.ToString(CultureInfo.InvariantCulture),
        };
        Command child = await Command.RunAsync(
            Environment.ProcessPath!, ["-noLogo", "-noColor", .. filter], environment: environment);
        return (child, File.Exists(log) ? await File.ReadAllTextAsync(log) : "");
    }
}
