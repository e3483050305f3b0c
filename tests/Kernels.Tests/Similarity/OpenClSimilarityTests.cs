using Kernels.Device.OpenCl;
using Kernels.Similarity;
using Kernels.Tests.Device;

namespace Kernels.Tests.Similarity;

/// <summary>The source kernels with a processor's tiles.</summary>
[Collection(nameof(OpenClDevices))]
public class OpenClSimilarityTests : SimilarityTests, IDisposable
{
    private readonly Lazy<OpenClDevice> _device = new(() => OpenClDevices.Open());

    protected OpenClDevice Device => _device.Value;

    public void Dispose()
    {
        if (_device.IsValueCreated)
        {
            _device.Value.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    protected override ISimilarity Open(SimilarityRows rows) =>
        new SourceSimilarity(Device, rows, TensorUse.Never, wideTiles: true);
}
