using Engine.Options;

namespace Engine.Runtimes.Onnx;

/// <summary>How one model is loaded and run.</summary>
public sealed record OnnxOptions : ICheckedOptions
{
    /// <summary>Threads of one run on the processor. 0 to 256; 0 means one a core. Default 0.</summary>
    public int ThreadsMax { get; init; }

    /// <summary>Runs of this model at one time; a further caller waits. 1 to 64. Default 1, because one run already
    /// takes every core or fills the GPU, and memory grows with each.</summary>
    public int RunsMax { get; init; } = 1;

    /// <summary>
    /// Providers in order of preference, up to 4; the first that loads is used. Empty means CUDA, then CPU. A list
    /// without CPU makes the load fail where none of its providers works. Default empty.
    /// </summary>
    public IReadOnlyList<OnnxProvider> Providers { get; init; } = [];

    /// <summary>The GPU's number, from 0 to 63. Default 0.</summary>
    public int DeviceIndex { get; init; }

    /// <summary>Bytes of GPU memory that the CUDA arena may hold; 0 for no limit, else at least 64 MiB. Default 0.
    /// </summary>
    public long DeviceMemoryMaxBytes { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (ThreadsMax is < 0 or > 256)
        {
            yield return new(nameof(ThreadsMax), $"is {ThreadsMax}; it must be 0 (one a core) to 256 threads");
        }

        if (RunsMax is < 1 or > 64)
        {
            yield return new(nameof(RunsMax), $"is {RunsMax}; it must be 1 to 64 runs");
        }

        if (Providers.Count > 4 || Providers.Distinct().Count() != Providers.Count)
        {
            string given = string.Join(", ", Providers);
            yield return new(nameof(Providers), $"is [{given}]; it must be up to 4 providers, each named once");
        }

        if (DeviceIndex is < 0 or > 63)
        {
            yield return new(nameof(DeviceIndex), $"is {DeviceIndex}; it must be 0 to 63");
        }

        if (DeviceMemoryMaxBytes != 0 && DeviceMemoryMaxBytes < 64L << 20)
        {
            yield return new(
                nameof(DeviceMemoryMaxBytes),
                $"is {DeviceMemoryMaxBytes}; it must be 0 (no limit) or at least {64L << 20} bytes");
        }
    }
}
