using Engine.Imaging;
using Engine.Pipeline.Prompts;
using Engine.Runtimes.Onnx;
using Engine.Store;
using Kernels.Device;

namespace Host.Lifecycle;

/// <summary>Which failures of a start a person can mend, and with which exit code each ends: one line, no stack.
/// </summary>
internal static class Failures
{
    /// <summary>The exit code of a failure that is not a defect of this program; null for any other.</summary>
    public static ExitCode? CodeOf(Exception cause) => cause switch
    {
        StoreException => ExitCode.StoreFault,
        PromptFileException => ExitCode.Configuration,
        AddressTakenException or ModelException or IOException or InvalidDataException => ExitCode.Unavailable,
        UnauthorizedAccessException or KernelDeviceException or ImageException => ExitCode.Unavailable,
        _ => null,
    };
}
