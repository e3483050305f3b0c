using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Onnx;

/// <summary>Opens a session with the first provider that works, and says in one line why none does.</summary>
internal static class OnnxSessions
{
    private static readonly OnnxProvider[] DefaultOrder = [OnnxProvider.Cuda, OnnxProvider.Cpu];

    // What ONNX Runtime 1.29 says when a weights file beside the model is not there or is too short.
    private static readonly string[] ExternalDataWords =
        ["external data", "external_data", "external initializer", "External initializer"];

    /// <summary>Opens a session.</summary>
    /// <returns>The session, the provider it runs on, and one line for each provider that was passed over.</returns>
    /// <exception cref="ModelException">Missing, Unreadable or NoProvider.</exception>
    public static (InferenceSession Session, OnnxProvider Provider, IReadOnlyList<string> PassedOver) Open(
        string path, OnnxOptions options, string role)
    {
        CheckFile(path, role);
        OnnxEnvironment.Get();
        List<string> passedOver = [];
        OnnxRuntimeException? last = null;
        IReadOnlyList<OnnxProvider> order = options.Providers.Count > 0 ? options.Providers : DefaultOrder;
        foreach (OnnxProvider provider in order)
        {
            using SessionOptions settings = Settings(options);
            try
            {
                Append(settings, provider, options);
            }
            catch (Exception cause) when (cause is OnnxRuntimeException or EntryPointNotFoundException)
            {
                passedOver.Add($"{provider}: {FirstLine(cause)}");
                continue;
            }

            try
            {
                return (new InferenceSession(path, settings), provider, passedOver);
            }
            catch (OnnxRuntimeException cause)
            {
                last = cause;
                passedOver.Add($"{provider}: {FirstLine(cause)}");
            }
        }

        throw Refusal(path, role, order, passedOver, last);
    }

    /// <summary>ONNX Runtime's own words, one line, without its error code.</summary>
    public static string FirstLine(Exception cause)
    {
        string line = cause.Message.ReplaceLineEndings("\n").Split('\n')[0].Trim();
        line = line[(line.LastIndexOf("[ONNXRuntimeError] :", StringComparison.Ordinal) + 1)..];
        line = line[(line.IndexOf(']', StringComparison.Ordinal) + 1)..].Trim(' ', ':');
        return line.Length <= 400 ? line : line[..400] + "...";
    }

    private static void CheckFile(string path, string role)
    {
        if (Directory.Exists(path))
        {
            throw new ModelException(ModelFault.Missing, $"The {role} model {path} is a folder; give the model file.");
        }

        FileInfo file = new(path);
        if (!file.Exists)
        {
            throw new ModelException(ModelFault.Missing, $"The {role} model {path} is not there.");
        }

        if (file.Length == 0)
        {
            throw new ModelException(ModelFault.Unreadable, $"The {role} model {path} is empty (0 bytes).");
        }
    }

    private static SessionOptions Settings(OnnxOptions options)
    {
        SessionOptions settings = new()
        {
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            IntraOpNumThreads = options.ThreadsMax > 0 ? options.ThreadsMax : Environment.ProcessorCount,
            InterOpNumThreads = 1,

            // The pattern holds a second block of a run's whole size beside the arena: SAM 2's encoder stayed at
            // 1,593 MB with it and at 947 MB without it, in the same time.
            EnableMemoryPattern = false,
        };

        // A thread that spins while it waits takes a core from the models beside it.
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return settings;
    }

    private static void Append(SessionOptions settings, OnnxProvider provider, OnnxOptions options)
    {
        switch (provider)
        {
            case OnnxProvider.Cuda:
                AppendCuda(settings, options);
                break;
            case OnnxProvider.TensorRt:
                settings.AppendExecutionProvider_Tensorrt(options.DeviceIndex);
                AppendCuda(settings, options);
                break;
            case OnnxProvider.WebGpu:
                settings.AppendExecutionProvider("WebGPU", new() { ["deviceId"] = $"{options.DeviceIndex}" });
                break;
            default:
                settings.AppendExecutionProvider_CPU();
                break;
        }
    }

    private static void AppendCuda(SessionOptions settings, OnnxOptions options)
    {
        using OrtCUDAProviderOptions cuda = new();
        Dictionary<string, string> values = new()
        {
            ["device_id"] = $"{options.DeviceIndex}",

            // Doubling, the other strategy, holds up to twice what the largest batch needs.
            ["arena_extend_strategy"] = "kSameAsRequested",
        };
        if (options.DeviceMemoryMaxBytes > 0)
        {
            values["gpu_mem_limit"] = $"{options.DeviceMemoryMaxBytes}";
        }

        cuda.UpdateOptions(values);
        settings.AppendExecutionProvider_CUDA(cuda);
    }

    private static ModelException Refusal(
        string path, string role, IReadOnlyList<OnnxProvider> order, List<string> passedOver,
        OnnxRuntimeException? last)
    {
        if (last is null)
        {
            return new ModelException(
                ModelFault.NoProvider,
                $"The {role} model {path} has no provider that works here; add Cpu. {string.Join(" | ", passedOver)}");
        }

        string words = FirstLine(last);
        if (ExternalDataWords.Any(word => words.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            return new ModelException(
                ModelFault.Missing,
                $"The {role} model {path} keeps weights in a file beside it that is missing or too short: {words}",
                last);
        }

        return order.Contains(OnnxProvider.Cpu)
            ? new ModelException(
                ModelFault.Unreadable,
                $"The {role} model {path} cannot be read (truncated, not ONNX, or too new): {words}",
                last)
            : new ModelException(
                ModelFault.NoProvider,
                $"The {role} model {path} loads on none of its providers: {string.Join(" | ", passedOver)}",
                last);
    }
}
