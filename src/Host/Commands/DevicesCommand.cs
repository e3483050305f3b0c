using System.CommandLine;
using Host.Configuration;
using Host.Lifecycle;
using Kernels.Device;

namespace Host.Commands;

/// <summary><c>headwater devices</c>: what could run the kernels, and what does.</summary>
internal static class DevicesCommand
{
    /// <summary>Makes the command.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        Option<string> device = new("--device")
        {
            Description = "auto, cuda, opencl or cpu: what kernels.device of the configuration would say.",
            DefaultValueFactory = _ => "auto",
        };
        device.AcceptOnlyFromAmong("auto", "cuda", "opencl", "cpu");
        Command command = new("devices", "List the devices for the kernels, and why each is chosen or not.") { device };
        command.SetAction(parsed =>
            (int)Run(Enum.Parse<KernelDeviceChoice>(parsed.GetValue(device)!, ignoreCase: true)));
        return command;
    }

    private static ExitCode Run(KernelDeviceChoice choice)
    {
        KernelOptions options = new() { Device = choice };
        KernelDevices devices = options.Find();
        ExitCode code = ExitCode.Ok;
        try
        {
            using IKernelDevice open = options.Open(devices);
            Console.Out.WriteLine($"chosen: {open.Kind}, {open.Name}, {open.MemoryBytes / (1 << 20)} MiB");
        }
        catch (KernelDeviceException cause)
        {
            Console.Error.WriteLine($"headwater devices: {cause.Message}");
            code = ExitCode.Unavailable;
        }

        foreach (DeviceCandidate candidate in devices.Candidates)
        {
            Console.Out.WriteLine(
                $"{(candidate.IsChosen ? "*" : " ")} {candidate.Kind,-7} "
                + $"{(candidate.Name.Length > 0 ? candidate.Name + ": " : "")}{candidate.Reason}");
        }

        return code;
    }
}
