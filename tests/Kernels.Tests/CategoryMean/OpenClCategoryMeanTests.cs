using Kernels.CategoryMean;
using Kernels.Device.OpenCl;
using Kernels.Tests.Device;

namespace Kernels.Tests.CategoryMean;

/// <summary>The suite on OpenCL.</summary>
[Collection(nameof(OpenClDevices))]
public sealed class OpenClCategoryMeanTests : CategoryMeanTests, IDisposable
{
    private OpenClDevice? _device;

    public void Dispose() => _device?.Dispose();

    /// <inheritdoc/>
    protected override ICategoryMean Make(CategoryMeans means) =>
        CategoryMeanScore.On(_device ??= OpenClDevices.Open(), means);
}
