using static Kernels.Device.Cuda.CudaNative;

namespace Kernels.Device.Cuda;

/// <summary>An NVIDIA GPU through the driver API, in the primary context: the one that ONNX Runtime's CUDA provider is
/// in, so that a tensor of its is a buffer here without a copy.</summary>
/// <remarks>
/// Kernels are PTX that was made ahead from the same text that OpenCL builds (build-ptx.sh), for sm_70, sm_80 and
/// sm_90; the driver compiles the newest that the GPU can run and keeps the result in its own cache.
/// </remarks>
public sealed unsafe partial class CudaDevice : ISourceDevice
{
    private const int TensorCapability = 80; // mma.sync m16n8k16 with f16 operands.

    private readonly Dictionary<string, CudaProgram> _programs = [];
    private readonly nint _context;
    private readonly nint _stream;
    private readonly bool _ownsStream;
    private bool _disposed;

    /// <summary>Opens a GPU.</summary>
    /// <param name="candidate">Which.</param>
    /// <param name="stream">The stream to queue in, for example ONNX Runtime's, which must outlive this; 0 for the
    /// default stream; null for one of its own.</param>
    /// <exception cref="KernelDeviceException">It cannot be opened.</exception>
    public CudaDevice(CudaCandidate candidate, nint? stream = null)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        Candidate = candidate;
        nint context;
        CudaStatus.Check(cuDevicePrimaryCtxRetain(&context, candidate.Device), $"Opening {candidate.Name}");
        _context = context;
        _stream = stream ?? 0;
        if (stream is not null)
        {
            return;
        }

        try
        {
            nint own;
            using CudaScope scope = new(context);
            CudaStatus.Check(cuStreamCreate(&own, 0), $"Making a stream for {candidate.Name}");
            (_stream, _ownsStream) = (own, true);
        }
        catch
        {
            _ = cuDevicePrimaryCtxRelease_v2(candidate.Device);
            throw;
        }
    }

    /// <inheritdoc/>
    public DeviceKind Kind => DeviceKind.Cuda;

    /// <inheritdoc/>
    public string Name => Candidate.Name;

    /// <inheritdoc/>
    public long MemoryBytes => Candidate.MemoryBytes;

    /// <inheritdoc/>
    public bool HasTensorCores => Candidate.Capability >= TensorCapability;

    /// <inheritdoc/>
    public bool IsProcessor => false;

    /// <inheritdoc/>
    public int ComputeUnits => Candidate.Units;

    /// <summary>What was opened.</summary>
    internal CudaCandidate Candidate { get; }

    /// <summary>The driver's handle of the stream.</summary>
    internal nint Stream => _stream;

    /// <summary>Whether it was disposed.</summary>
    internal bool IsDisposed => _disposed;

    /// <summary>Enters the context; the caller disposes what it gets.</summary>
    internal CudaScope Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new CudaScope(_context);
    }

    /// <inheritdoc/>
    public IKernelProgram Build(KernelSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        using CudaScope scope = Enter();
        if (!_programs.TryGetValue(source.Sha256, out CudaProgram? program))
        {
            program = CudaProgram.Load(this, source, CudaPtx.Find(source, Candidate.Capability));
            _programs.Add(source.Sha256, program);
        }

        return program;
    }

    /// <inheritdoc/>
    public IKernelEvent Record()
    {
        nint mark;
        using CudaScope scope = Enter();
        CudaStatus.Check(cuEventCreate(&mark, 0), $"Making a mark for {Name}");
        int status = cuEventRecord(mark, _stream);
        if (status != 0)
        {
            _ = cuEventDestroy_v2(mark);
            CudaStatus.Check(status, $"Marking the queue of {Name}");
        }

        return new CudaEvent(this, mark);
    }

    /// <inheritdoc/>
    public void Synchronize()
    {
        using CudaScope scope = Enter();
        CudaStatus.Check(cuStreamSynchronize(_stream), $"Waiting for {Name}");
    }

    /// <summary>Waits for the queue and leaves the primary context, which stays as long as another is in it. Buffers
    /// that are left are given back with it.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        using (CudaScope scope = Enter())
        {
            _ = cuStreamSynchronize(_stream); // A lost device fails here; it is given back all the same.
            foreach (CudaProgram program in _programs.Values)
            {
                program.Unload();
            }

            if (_ownsStream)
            {
                _ = cuStreamDestroy_v2(_stream);
            }
        }

        _disposed = true;
        _ = cuDevicePrimaryCtxRelease_v2(Candidate.Device);
    }
}
