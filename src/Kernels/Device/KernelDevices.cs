using Kernels.Device.Cuda;
using Kernels.Device.OpenCl;

namespace Kernels.Device;

/// <summary>Finds the devices and opens the one that is to run the kernels.</summary>
/// <remarks>
/// The order is a CUDA GPU, an OpenCL GPU, the processor. A device that is found but does not open is passed over, and
/// the reason kept. OpenCL on a processor is listed and taken only when OpenCL is forced: .NET's vectors are as fast
/// there and bring no compiler with them.
/// </remarks>
public sealed class KernelDevices
{
    private readonly List<DeviceCandidate> _candidates = [];
    private readonly List<Option> _options = [];
    private readonly Func<IReadOnlyList<Option>>[] _sources;

    /// <summary>Prepares to look for devices.</summary>
    /// <param name="openCpu">Opens the processor's device.</param>
    /// <param name="openClCacheFolder">Where OpenCL keeps built programs; null for nowhere.</param>
    public KernelDevices(Func<IKernelDevice> openCpu, string? openClCacheFolder = null)
        : this([() => CudaOptions(), () => OpenClOptions(openClCacheFolder), () => CpuOptions(openCpu)])
    {
        ArgumentNullException.ThrowIfNull(openCpu);
    }

    /// <summary>Prepares to look for devices of a test.</summary>
    /// <param name="sources">What gives the devices of a kind, in the order of preference.</param>
    internal KernelDevices(Func<IReadOnlyList<Option>>[] sources) => _sources = sources;

    /// <summary>What was found, in the order of preference, after <see cref="Open"/>.</summary>
    public IReadOnlyList<DeviceCandidate> Candidates => _candidates;

    /// <summary>Looks for devices and opens the first that is fit.</summary>
    /// <param name="forced">The only kind to open; null for the best there is.</param>
    /// <returns>The device; the caller disposes it.</returns>
    /// <exception cref="KernelDeviceException">None of the forced kind, or none at all, opens; the message holds the
    /// reasons.</exception>
    public IKernelDevice Open(DeviceKind? forced = null)
    {
        _candidates.Clear();
        _options.Clear();
        foreach (Func<IReadOnlyList<Option>> source in _sources)
        {
            _options.AddRange(source());
        }

        IKernelDevice? chosen = null;
        foreach (Option option in _options)
        {
            string? objection = option.Missing ?? Objection(option, forced, chosen is not null);
            if (objection is null)
            {
                chosen = TryOpen(option, out objection);
            }

            string reason = objection ?? (forced is null ? "the first that is fit" : "its kind was asked for");
            _candidates.Add(new DeviceCandidate(option.Kind, option.Name, objection is null, reason));
        }

        return chosen ?? throw new KernelDeviceException(
            $"No device{(forced is null ? "" : $" of the kind {forced}")} can be opened: "
            + string.Join("; ", _candidates.Select(one => $"{one.Kind} {one.Name}: {one.Reason}")) + ".");
    }

    private static string? Objection(Option option, DeviceKind? forced, bool hasOne)
    {
        if (forced is not null && option.Kind != forced)
        {
            return $"{forced} was asked for";
        }

        if (hasOne)
        {
            return "another comes first";
        }

        return forced is null ? option.OnlyForced : null;
    }

    private static IKernelDevice? TryOpen(Option option, out string? objection)
    {
        try
        {
            objection = null;
            return option.Open!();
        }
        catch (KernelDeviceException failed)
        {
            objection = failed.Message;
            return null;
        }
    }

    private static IReadOnlyList<Option> CudaOptions() => Found(DeviceKind.Cuda, () =>
        (CudaCandidate.All(out string? problem).Select(candidate => candidate.Capability < CudaPtx.Capabilities[^1]
            ? new Option(DeviceKind.Cuda, candidate.Name)
            {
                Missing = $"its kernels need sm_{CudaPtx.Capabilities[^1]} or newer",
            }
            : new Option(DeviceKind.Cuda, candidate.Name) { Open = () => new CudaDevice(candidate) }), problem));

    private static IReadOnlyList<Option> OpenClOptions(string? cacheFolder) => Found(DeviceKind.OpenCl, () =>
        (OpenClCandidate.All(out string? problem).Select(candidate => new Option(DeviceKind.OpenCl, candidate.Name)
        {
            Open = () => new OpenClDevice(candidate, cacheFolder),
            OnlyForced = candidate.IsGpu ? null : "it is no GPU; .NET's vectors are as fast on a processor",
        }), problem));

    private static IReadOnlyList<Option> CpuOptions(Func<IKernelDevice> open) =>
        [new Option(DeviceKind.Cpu, "the processor") { Open = open }];

    // A driver that fails while it is asked must not keep the next kind from being asked.
    private static IReadOnlyList<Option> Found(
        DeviceKind kind, Func<(IEnumerable<Option> Options, string? Problem)> list)
    {
        try
        {
            (IEnumerable<Option> options, string? problem) = list();
            return problem is null ? [.. options] : [new Option(kind, "") { Missing = problem }];
        }
        catch (KernelDeviceException failed)
        {
            return [new Option(kind, "") { Missing = failed.Message }];
        }
    }

    /// <summary>A device that could be opened, or the reason why there is none.</summary>
    /// <param name="Kind">Its kind.</param>
    /// <param name="Name">Its name.</param>
    internal sealed record Option(DeviceKind Kind, string Name)
    {
        /// <summary>Opens it; null where it cannot be.</summary>
        public Func<IKernelDevice>? Open { get; init; }

        /// <summary>Why it cannot be opened; null where it can.</summary>
        public string? Missing { get; init; }

        /// <summary>Why it is not taken unless its kind is forced; null where it is.</summary>
        public string? OnlyForced { get; init; }
    }
}
