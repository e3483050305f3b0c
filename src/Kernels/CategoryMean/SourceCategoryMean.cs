using Kernels.Device;

namespace Kernels.CategoryMean;

/// <summary>The mean cosine to a category on a device that builds sources (CategoryMean.cl).</summary>
public sealed class SourceCategoryMean : ICategoryMean
{
    private const int GroupItems = 128; // A power of 2.

    /// <summary>The source as it is built, ahead of time and at run time.</summary>
    internal static readonly KernelSource Source =
        KernelSource.Embedded("CategoryMean/CategoryMean.cl", $"G{GroupItems}", [new("GROUP_ITEMS", GroupItems)]);

    private readonly ISourceDevice _device;
    private readonly IKernelProgram _program;
    private readonly int _width;
    private readonly int _categories;
    private readonly DeviceBuffer<float> _means;
    private readonly DeviceBuffer<int> _counts;
    private readonly GrowingBuffer<float> _queries;
    private readonly GrowingBuffer<int> _asked;
    private readonly GrowingBuffer<float> _scores;

    /// <summary>Copies the means to the device.</summary>
    /// <param name="device">The device; it stays the caller's.</param>
    /// <param name="means">The means.</param>
    public SourceCategoryMean(ISourceDevice device, CategoryMeans means)
    {
        (_device, _width, _categories) = (device, means.Width, means.Categories);
        (_queries, _asked, _scores) = (new(device), new(device), new(device));
        _program = device.Build(Source);
        _means = device.Allocate<float>(means.Values.Length);
        _counts = device.Allocate<int>(_categories);
        device.Upload(means.Values, _means);
        device.Upload<int>([.. Enumerable.Range(0, _categories).Select(means.CountOf)], _counts);
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<float> queries, ReadOnlySpan<int> categories, Span<float> scores)
    {
        CpuCategoryMean.CheckLengths(_width, queries.Length, categories.Length, scores.Length);
        if (scores.IsEmpty)
        {
            return;
        }

        DeviceBuffer<float> asked = _queries.Reserve(queries.Length);
        DeviceBuffer<int> own = _asked.Reserve(categories.Length);
        DeviceBuffer<float> found = _scores.Reserve(scores.Length);
        _device.Upload(queries, asked);
        _device.Upload(categories, own);
        _program.Launch(
            "category_mean", LaunchShape.Line(scores.Length, GroupItems), asked, own, _means, _counts, _width,
            _categories, found);
        _device.Download(found, scores);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _means.Dispose();
        _counts.Dispose();
        _queries.Dispose();
        _asked.Dispose();
        _scores.Dispose();
    }
}
