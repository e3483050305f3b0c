using System.Diagnostics;
using static Kernels.Device.Cuda.CudaNative;

namespace Kernels.Device.Cuda;

/// <summary>Makes a context the thread's own while it lasts, and leaves the thread as it was: ONNX Runtime uses the
/// same threads.</summary>
internal readonly unsafe ref struct CudaScope
{
    private readonly nint _context;

    /// <summary>Enters a context.</summary>
    /// <param name="context">The context.</param>
    public CudaScope(nint context)
    {
        CudaStatus.Check(cuCtxPushCurrent_v2(context), "Entering the CUDA context");
        _context = context;
    }

    /// <summary>Leaves it.</summary>
    public void Dispose()
    {
        nint left;
        int status = cuCtxPopCurrent_v2(&left); // It can only fail where what was done in it has failed already.
        Debug.Assert(status != 0 || left == _context, "Scopes of CUDA contexts overlap.");
    }
}
