using Kernels.Device.Cpu;
using Kernels.Similarity;

namespace Kernels.Tests.Similarity;

/// <summary>The suite on the processor.</summary>
public sealed class CpuSimilarityTests : SimilarityTests, IDisposable
{
    private readonly CpuDevice _device = new(threads: 2);

    public void Dispose() => _device.Dispose();

    protected override ISimilarity Open(SimilarityRows rows) => SimilaritySearch.On(_device, rows);
}
