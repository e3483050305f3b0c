using System.Runtime.InteropServices;
using Kernels.Device;

namespace Kernels.Similarity;

/// <summary>Similarity on a device that builds kernels from source: Similarity.cl says how.</summary>
/// <remarks>The device must outlive this.</remarks>
public sealed unsafe partial class SourceSimilarity : ISimilarity
{
    /// <summary>Fewest queries that are worth a tensor-core tile, which has room for 32.</summary>
    public const int TensorQueriesMin = 16;

    // Bounds the partial lists: 1024 queries of 64 neighbours in at most 1024 splits.
    private const int LaunchQueriesMax = 1024;
    private const int SplitsMax = 1024;
    private const int UploadBytesMax = 64 << 20;

    private readonly ISourceDevice _device;
    private readonly TensorUse _tensor;
    private readonly bool _wideTiles;
    private readonly RowType _type;
    private readonly DeviceBuffer<byte> _rows;
    private readonly DeviceBuffer<float>? _scales;
    private readonly DeviceBuffer<int>? _categories;
    private readonly GrowingBuffer<float> _queries;
    private readonly GrowingBuffer<float> _transposed;
    private readonly GrowingBuffer<Half> _halves;
    private readonly GrowingBuffer<int> _bad;
    private readonly GrowingBuffer<int> _mask;
    private readonly GrowingBuffer<float> _partialScores;
    private readonly GrowingBuffer<int> _partialIds;
    private readonly GrowingBuffer<int> _found;
    private int[] _foundHere = [];

    /// <summary>Copies rows to a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="rows">The rows; they may be disposed when this returns.</param>
    /// <param name="tensor">Whether tensor cores may round queries to f16.</param>
    /// <exception cref="KernelDeviceException">The device has not enough memory, or failed.</exception>
    public SourceSimilarity(ISourceDevice device, SimilarityRows rows, TensorUse tensor = TensorUse.WhereFaster)
        : this(device, rows, tensor, wideTiles: device?.IsProcessor == true)
    {
    }

    /// <summary>Copies rows to a device and says which tiles to use, so that tests run a GPU's tiles on a processor.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="tensor">Whether tensor cores may round queries to f16.</param>
    /// <param name="wideTiles">Whether to use a processor's tiles.</param>
    internal SourceSimilarity(ISourceDevice device, SimilarityRows rows, TensorUse tensor, bool wideTiles)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(rows);
        (_device, _tensor, _wideTiles) = (device, tensor, wideTiles);
        (_type, Rows, Width) = (rows.Type, rows.Count, rows.Width);
        (_queries, _transposed, _halves) = (new(device), new(device), new(device));
        (_bad, _mask) = (new(device), new(device));
        (_partialScores, _partialIds, _found) = (new(device), new(device), new(device));
        _rows = device.Allocate<byte>(rows.SizeBytes);
        try
        {
            UploadRows(rows);
            _scales = Uploaded(rows.Scales);
            _categories = Uploaded(rows.Categories);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Rows { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public void Search(
        ReadOnlySpan<float> queries, int neighbours, RowFilter filter, Span<int> ids, Span<float> scores)
    {
        (int batch, int first, int end) = SearchBounds.Check(
            Rows, Width, _categories is not null, queries.Length, neighbours, filter, ids.Length, scores.Length);
        if (!filter.Categories.IsEmpty)
        {
            _device.Upload(
                MemoryMarshal.Cast<uint, int>(filter.Categories),
                _mask.Reserve(filter.Categories.Length));
        }

        for (int done = 0; done < batch; done += LaunchQueriesMax)
        {
            int count = Math.Min(LaunchQueriesMax, batch - done);
            Batch some = new(count, neighbours, first, end, filter.Categories.Length);
            Run(some, queries.Slice(done * Width, count * Width));
            (int from, int found) = (done * neighbours, count * neighbours);
            Fetch(ids.Slice(from, found), scores.Slice(from, found));
        }
    }

    /// <inheritdoc/>
    /// <remarks>Copies the row's block, as a row lies strewn over it: D * 64 values.</remarks>
    public void Update(SimilarityRows rows, int row)
    {
        ArgumentNullException.ThrowIfNull(rows);
        bool same = (rows.Count, rows.Width, rows.Type, rows.HasCategories)
            == (Rows, Width, _type, _categories is not null);
        SearchBounds.CheckUpdate(same, Rows, row);
        int bytes = RowBlocks.BlockBytes(Width, _type);
        long offset = (long)(row / RowBlocks.BlockRows) * bytes;
        _device.Upload(new ReadOnlySpan<byte>(rows.Values + offset, bytes), _rows, offset);
        if (_scales is not null)
        {
            _device.Upload(rows.Scales.Slice(row, 1), _scales, row);
        }

        if (_categories is not null)
        {
            _device.Upload(rows.Categories.Slice(row, 1), _categories, row);
        }
    }

    /// <summary>Gives the device's memory back.</summary>
    public void Dispose()
    {
        _rows.Dispose();
        _scales?.Dispose();
        _categories?.Dispose();
        foreach (IDisposable buffer in (IDisposable[])
            [_queries, _transposed, _halves, _bad, _mask, _partialScores, _partialIds, _found])
        {
            buffer.Dispose();
        }
    }

    // One copy and one wait for both: beside a search of a fifth of a millisecond a wait counts.
    private void Fetch(Span<int> ids, Span<float> scores)
    {
        if (_foundHere.Length < 2 * ids.Length)
        {
            _foundHere = new int[2 * ids.Length];
        }

        Span<int> both = _foundHere.AsSpan(0, 2 * ids.Length);
        _device.Download(_found.Buffer, both);
        MemoryMarshal.Cast<int, float>(both[..ids.Length]).CopyTo(scores);
        both[ids.Length..].CopyTo(ids);
    }

    private void UploadRows(SimilarityRows rows)
    {
        for (long offset = 0; offset < rows.SizeBytes; offset += UploadBytesMax)
        {
            int bytes = (int)Math.Min(UploadBytesMax, rows.SizeBytes - offset);
            _device.Upload(new ReadOnlySpan<byte>(rows.Values + offset, bytes), _rows, offset);
        }
    }

    private DeviceBuffer<T>? Uploaded<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (values.IsEmpty)
        {
            return null;
        }

        DeviceBuffer<T> buffer = _device.Allocate<T>(values.Length);
        try
        {
            _device.Upload(values, buffer);
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }
}
