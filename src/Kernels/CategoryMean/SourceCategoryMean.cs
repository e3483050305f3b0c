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
    private DeviceBuffer<float>? _queries;
    private DeviceBuffer<int>? _asked;
    private DeviceBuffer<float>? _scores;

    /// <summary>Copies the means to the device.</summary>
    /// <param name="device">The device; it stays the caller's.</param>
    /// <param name="means">The means.</param>
    public SourceCategoryMean(ISourceDevice device, CategoryMeans means)
    {
        (_device, _width, _categories) = (device, means.Width, means.Categories);
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

        MakeRoom(scores.Length);
        _device.Upload(queries, _queries!);
        _device.Upload(categories, _asked!);
        _program.Launch(
            "category_mean", LaunchShape.Line(scores.Length, GroupItems), _queries!, _asked!, _means, _counts, _width,
            _categories, _scores!);
        _device.Download(_scores!, scores);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _means.Dispose();
        _counts.Dispose();
        FreeBatch();
    }

    private void MakeRoom(int count)
    {
        if (_scores is null || _scores.Count < count)
        {
            FreeBatch();
            _queries = _device.Allocate<float>((long)count * _width);
            _asked = _device.Allocate<int>(count);
            _scores = _device.Allocate<float>(count);
        }
    }

    private void FreeBatch()
    {
        _queries?.Dispose();
        _asked?.Dispose();
        _scores?.Dispose();
        (_queries, _asked, _scores) = (null, null, null);
    }
}
