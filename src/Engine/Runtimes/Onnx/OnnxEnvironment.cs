using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Onnx;

/// <summary>The process' one ONNX Runtime environment, made before the first session.</summary>
internal static partial class OnnxEnvironment
{
    // Only what ends the process is logged: every other fault reaches the caller as an exception, and the library
    // writes to the standard error stream, where a failed try of CUDA on a machine without it would look like a fault.
    private static readonly Lazy<OrtEnv> Made = new(() =>
    {
        EnvironmentCreationOptions options = new()
        {
            logId = "headwater",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        if (!OperatingSystem.IsWindows())
        {
            _ = SetNative("ORT_DISABLE_TELEMETRY", "1", overwrite: 1);
        }

        OrtEnv environment = OrtEnv.CreateInstanceWithOptions(ref options);
        environment.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        environment.DisableTelemetryEvents();
        return environment;
    });

    public static OrtEnv Get() => Made.Value;

    // The library's own telemetry (seen in 1.29: a device id and a database of events in the user's home, to be sent)
    // begins when its environment is made, before it can be told not to. It asks the C library's variables, which
    // .NET's own do not reach.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNative(string name, string value, int overwrite);
}
