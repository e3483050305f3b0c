using static Kernels.Device.OpenCl.OpenClNative;

namespace Kernels.Device.OpenCl;

/// <summary>A device behind libOpenCL.so.1: a GPU of any maker, or PoCL on the processor for tests.</summary>
/// <remarks>
/// One queue that keeps its order. It needs OpenCL 1.2 with local memory and 32-bit atomics, nothing else. It tells of
/// no tensor cores: where NVIDIA's OpenCL is, its CUDA driver is too, and that device comes first.
/// </remarks>
public sealed unsafe partial class OpenClDevice : ISourceDevice
{
    /// <summary>Bytes of local memory that a kernel may have: what every GPU gives without asking for more.</summary>
    public const int LocalBytesMax = 48 * 1024;

    private const ulong QueueWithTimes = 2;
    private const nint PlatformProperty = 0x1084;
    private const uint UnitsKey = 0x1002;
    private const uint MemoryKey = 0x101F;
    private const uint AllocationKey = 0x1010;

    private readonly Dictionary<string, OpenClProgram> _programs = [];
    private readonly ProgramCache? _cache;
    private readonly nint _context;
    private readonly nint _queue;
    private readonly long _allocationBytesMax;
    private bool _disposed;

    /// <summary>Opens a device.</summary>
    /// <param name="candidate">Which.</param>
    /// <param name="cacheFolder">Where built programs are kept; null to build them anew in every process.</param>
    /// <exception cref="KernelDeviceException">It cannot be opened.</exception>
    public OpenClDevice(OpenClCandidate candidate, string? cacheFolder = null)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Candidate = candidate;
        Name = candidate.Name;
        MemoryBytes = candidate.Number(MemoryKey);
        ComputeUnits = (int)candidate.Number(UnitsKey);
        _allocationBytesMax = candidate.Number(AllocationKey);
        _cache = cacheFolder is null ? null : new ProgramCache(cacheFolder);
        lock (OpenClCandidate.Loading)
        {
            (_context, _queue) = OpenQueue(candidate);
        }
    }

    /// <inheritdoc/>
    public DeviceKind Kind => DeviceKind.OpenCl;

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long MemoryBytes { get; }

    /// <inheritdoc/>
    public bool HasTensorCores => false;

    /// <inheritdoc/>
    public int ComputeUnits { get; }

    /// <inheritdoc/>
    public bool IsProcessor => !Candidate.IsGpu;

    /// <summary>What was opened.</summary>
    internal OpenClCandidate Candidate { get; }

    /// <summary>The driver's handle of the context.</summary>
    internal nint Context
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _context;
        }
    }

    /// <summary>The driver's handle of the queue.</summary>
    internal nint Queue
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _queue;
        }
    }

    /// <inheritdoc/>
    public IKernelProgram Build(KernelSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_programs.TryGetValue(source.Sha256, out OpenClProgram? program))
        {
            lock (OpenClCandidate.Loading)
            {
                program = OpenClProgram.Build(this, source, _cache);
            }

            _programs.Add(source.Sha256, program);
        }

        return program;
    }

    /// <inheritdoc/>
    public IKernelEvent Record()
    {
        nint mark;
        OpenClStatus.Check(clEnqueueMarkerWithWaitList(Queue, 0, null, &mark), $"Marking the queue of {Name}");
        OpenClStatus.Check(clFlush(Queue), $"Sending the queue of {Name}");
        return new OpenClEvent(this, mark);
    }

    /// <inheritdoc/>
    public void Synchronize() => OpenClStatus.Check(clFinish(Queue), $"Waiting for {Name}");

    /// <summary>Waits for the queue and gives the device back. Buffers that are left can still be disposed.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _ = clFinish(_queue); // A lost device fails here; it is given back all the same.
        foreach (OpenClProgram program in _programs.Values)
        {
            program.Release();
        }

        _ = clReleaseCommandQueue(_queue);
        _ = clReleaseContext(_context);
    }

    private static (nint Context, nint Queue) OpenQueue(OpenClCandidate candidate)
    {
        int status;
        nint id = candidate.Device;
        nint* properties = stackalloc nint[] { PlatformProperty, candidate.Platform, 0 };
        nint context = clCreateContext(properties, 1, &id, 0, 0, &status);
        OpenClStatus.Check(status, $"Opening {candidate.Name}");
        nint queue = clCreateCommandQueue(context, id, QueueWithTimes, &status);
        if (status != 0)
        {
            _ = clReleaseContext(context);
            OpenClStatus.Check(status, $"Making a queue for {candidate.Name}");
        }

        return (context, queue);
    }
}
