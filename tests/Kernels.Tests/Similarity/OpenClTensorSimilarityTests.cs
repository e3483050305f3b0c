using Kernels.Similarity;
using Kernels.Tests.Device;

namespace Kernels.Tests.Similarity;

/// <summary>The tensor-core kernel with the instruction emulated, fragment by fragment.</summary>
[Collection(nameof(OpenClDevices))]
public sealed class OpenClTensorSimilarityTests : OpenClSimilarityTests
{
    protected override IReadOnlyList<RowType> Types => [RowType.F16];

    protected override ISimilarity Open(SimilarityRows rows) =>
        new SourceSimilarity(Device, rows, TensorUse.Always, wideTiles: false);

    protected override float AsMultiplied(float value) => (float)(Half)value;
}
