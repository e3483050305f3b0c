using Kernels.CategoryMean;
using Kernels.Device.Cuda;
using Kernels.Tests.Device;

namespace Kernels.Tests.CategoryMean;

/// <summary>The suite on CUDA.</summary>
public sealed class CudaCategoryMeanTests : CategoryMeanTests, IDisposable
{
    private CudaDevice? _device;

    public void Dispose() => _device?.Dispose();

    /// <inheritdoc/>
    protected override ICategoryMean Make(CategoryMeans means) =>
        CategoryMeanScore.On(_device ??= CudaDevices.Open(), means);
}
