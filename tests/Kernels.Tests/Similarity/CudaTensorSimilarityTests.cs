using Kernels.Device;
using Kernels.Similarity;
using Kernels.Tests.Device;

namespace Kernels.Tests.Similarity;

/// <summary>The tensor-core kernel on tensor cores.</summary>
[Collection(nameof(CudaDevices))]
public sealed class CudaTensorSimilarityTests : CudaSimilarityTests
{
    protected override IReadOnlyList<RowType> Types => [RowType.F16];

    // Tensor cores may cut off where f32 arithmetic rounds.
    protected override double Ulps => 2;

    protected override ISimilarity Open(SimilarityRows rows)
    {
        Assert.SkipUnless(((ISourceDevice)Device).HasTensorCores, $"{Device.Name} has no tensor cores.");
        return new SourceSimilarity(Device, rows, TensorUse.Always);
    }

    protected override float AsMultiplied(float value) => (float)(Half)value;
}
