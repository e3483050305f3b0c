using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Onnx;

/// <summary>The process' one ONNX Runtime environment, made before the first session.</summary>
internal static class OnnxEnvironment
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
        OrtEnv environment = OrtEnv.CreateInstanceWithOptions(ref options);
        environment.EnvLogLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        environment.DisableTelemetryEvents();
        return environment;
    });

    public static OrtEnv Get() => Made.Value;
}
