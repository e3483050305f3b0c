using System.CommandLine;
using Host.Bench;
using Host.Configuration;
using Kernels.Device;
using Kernels.Device.Cpu;

namespace Host.Commands;

/// <summary><c>headwater bench kernels</c>: the kernels against the machine's roofs and against their peers.</summary>
internal static class BenchKernels
{
    /// <summary>Makes the command, a part of <c>headwater bench</c>.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        Option<int> threads = new("--threads")
        {
            Description = "Threads of the processor, 1 to 256.", DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > CpuDevice.ThreadsMax)
            {
                result.AddError($"--threads is {result.GetValueOrDefault<int>()}; it must be 1 to 256.");
            }
        });
        Option<int> repeats = new("--repeats")
        {
            Description = "Runs of a case whose median counts, 5 to 1000.", DefaultValueFactory = _ => 7,
        };
        repeats.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 5 or > 1000)
            {
                result.AddError($"--repeats is {result.GetValueOrDefault<int>()}; it must be 5 to 1000.");
            }
        });
        Option<bool> small = new("--small")
        {
            Description = "Small cases: a check of seconds, whose times mean nothing.",
        };
        Command command = new("kernels", "Check the kernels and measure them against roofs and peers.")
        {
            threads, repeats, small,
        };
        command.SetAction(async (parsed, stopping) =>
        {
            List<IKernelDevice> devices = Open(parsed.GetValue(threads));
            try
            {
                KernelBench bench = new(
                    devices, new KernelPeers(Path.Combine(CheckoutFolder.Path, "bench", "peers")),
                    parsed.GetValue(repeats), parsed.GetValue(small));
                return (int)await bench.RunAsync(stopping).ConfigureAwait(false);
            }
            finally
            {
                devices.ForEach(device => device.Dispose());
            }
        });
        return command;
    }

    // Every kind that there is, the processor first.
    private static List<IKernelDevice> Open(int threads)
    {
        List<IKernelDevice> devices = [];
        foreach (KernelDeviceChoice choice in
            new[] { KernelDeviceChoice.Cpu, KernelDeviceChoice.Cuda, KernelDeviceChoice.OpenCl })
        {
            KernelOptions options = new() { Device = choice, Threads = threads };
            try
            {
                devices.Add(options.Open(options.Find()));
            }
            catch (KernelDeviceException cause) when (choice != KernelDeviceChoice.Cpu)
            {
                Console.Out.WriteLine($"not measured: {cause.Message}");
            }
        }

        return devices;
    }
}
