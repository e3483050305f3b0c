using Kernels.Device.Cuda;
using Kernels.Similarity;
using Kernels.Tests.Device;

namespace Kernels.Tests.Similarity;

/// <summary>The source kernels on a GPU.</summary>
[Collection(nameof(CudaDevices))]
public class CudaSimilarityTests : SimilarityTests, IDisposable
{
    private readonly Lazy<CudaDevice> _device = new(CudaDevices.Open);

    protected CudaDevice Device => _device.Value;

    public void Dispose()
    {
        if (_device.IsValueCreated)
        {
            _device.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    protected override ISimilarity Open(SimilarityRows rows) => new SourceSimilarity(Device, rows, TensorUse.Never);
}
