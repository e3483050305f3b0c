using Engine.Index;
using Engine.Pipeline.Filter;
using Kernels.CategoryMean;
using Kernels.Device;
using Kernels.Similarity;

namespace Engine.Runtimes.Real;

/// <summary>The real pictures of an index, searched on a device.</summary>
public sealed class IndexPictures : IRealPictures
{
    private readonly RealIndex _index;
    private readonly ISimilarity _similarity;
    private readonly ICategoryMean _mean;
    private readonly Lock _turn = new(); // Guards the kernels: one call at a time.

    private IndexPictures(RealIndex index, IKernelDevice device)
    {
        _index = index;
        _similarity = SimilaritySearch.On(device, index.Rows);
        _mean = CategoryMeanScore.On(device, index.Means);
    }

    /// <summary>Pictures.</summary>
    public int Rows => _index.Rows.Count;

    /// <summary>Categories.</summary>
    public int Categories => _index.Info.Categories.Count;

    /// <summary>How the pictures were prepared, in a crop recipe's words, or others.</summary>
    public string Recipe => _index.Info.Recipe;

    /// <summary>Opens an index for the embedder that will ask.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where it is searched; it outlives this.</param>
    /// <param name="embedderRevision">The embedder's model.</param>
    /// <param name="width">The embedder's D.</param>
    /// <returns>The pictures; the caller disposes them.</returns>
    /// <exception cref="IndexFileException">The file is damaged, or was made with another model.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="KernelDeviceException">The device has no room for it.</exception>
    public static IndexPictures Open(string path, IKernelDevice device, string embedderRevision, int width)
    {
        RealIndex index = RealIndex.Open(path);
        try
        {
            if (index.Info.EmbedderRevision != embedderRevision || index.Rows.Width != width)
            {
                throw new IndexFileException(
                    path, $"it was made with model {index.Info.EmbedderRevision} of width {index.Rows.Width}; the "
                        + $"embedder is {embedderRevision} of width {width}, whose points mean something else");
            }

            return new IndexPictures(index, device);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public double? Mean(string category, ReadOnlySpan<float> point)
    {
        CheckWidth(point);
        int position = _index.CategoryOf(category);
        if (position < 0)
        {
            return null;
        }

        Span<float> score = stackalloc float[1];
        lock (_turn)
        {
            _mean.Score(point, [position], score);
        }

        return score[0];
    }

    /// <inheritdoc/>
    public IReadOnlyList<RealNeighbour> Nearest(string? category, ReadOnlySpan<float> point, int count)
    {
        CheckWidth(point);
        int position = category is null ? -1 : _index.CategoryOf(category);
        if (category is not null && position < 0)
        {
            return [];
        }

        Span<int> ids = stackalloc int[count];
        Span<float> scores = stackalloc float[count];
        lock (_turn)
        {
            _similarity.Search(point, count, category is null ? default : _index.Means.RowsOf(position), ids, scores);
        }

        List<RealNeighbour> nearest = [];
        for (int i = 0; i < count && ids[i] >= 0; i++)
        {
            nearest.Add(new RealNeighbour(_index.IdOf(ids[i]), scores[i]));
        }

        return nearest;
    }

    /// <inheritdoc/>
    public bool Has(string category) => _index.CategoryOf(category) >= 0;

    /// <inheritdoc/>
    public RealMargin Margin(string category, ReadOnlySpan<float> point)
    {
        CheckWidth(point);
        int own = _index.CategoryOf(category);
        return new RealMargin(
            own < 0 ? null : _index.Directions.Cosine(own, point),
            _index.Directions.Nearest(point, own) is { } other
                ? new RealNeighbour(_index.Info.Categories[other.Category].Name, other.Cosine)
                : null);
    }

    /// <inheritdoc/>
    public Func<string, RealThreshold> Thresholds(double rejectShare)
    {
        CalibratedThresholds thresholds = CalibratedThresholds.Of(_index.Info, rejectShare);
        return category =>
        {
            CalibratedThreshold made = _index.CategoryOf(category) is var position and >= 0
                ? thresholds[position]
                : thresholds.Common;
            return new(made.Pictures, made.OwnMean, made.Mean, made.Deviation, made.Z, made.Value);
        };
    }

    /// <inheritdoc/>
    public double KnownBound(double rejectShare) => Engine.Index.KnownBound.Of(_index.Info, rejectShare);

    /// <inheritdoc/>
    public void Dispose()
    {
        _similarity.Dispose();
        _mean.Dispose();
        _index.Dispose();
    }

    private void CheckWidth(ReadOnlySpan<float> point)
    {
        if (point.Length != _index.Rows.Width)
        {
            throw new InvalidDataException(
                $"An embedding of {point.Length} numbers cannot be compared with pictures of {_index.Rows.Width}.");
        }
    }
}
