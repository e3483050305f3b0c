using Kernels.Similarity;
using Kernels.Tests.Device;

namespace Kernels.Tests.Similarity;

/// <summary>The source kernels with a GPU's tiles: many work-items, whose barriers must be right.</summary>
[Collection(nameof(OpenClDevices))]
public sealed class OpenClGpuTileSimilarityTests : OpenClSimilarityTests
{
    protected override ISimilarity Open(SimilarityRows rows) =>
        new SourceSimilarity(Device, rows, TensorUse.Never, wideTiles: false);
}
