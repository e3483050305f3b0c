using Kernels.Device;
using Kernels.Similarity;

namespace Engine.Pipeline.Filter;

/// <summary>Embeddings of accepted samples, and of those that passed here and have not ended yet.</summary>
/// <remarks>
/// <para>A try that passes is reserved at once, so that of two alike that are in flight together only the first
/// passes. Accepted, it moves to the rows on the device; rejected, by whatever stage, its reservation goes.</para>
/// <para>Reserved ones are few, at most what the stages after the filter hold, so they lie beside the rows and are
/// compared one by one, with the values and in the order of summing that the processor's kernel will have for them.
/// </para>
/// </remarks>
public sealed partial class AcceptedObjects : IDisposable
{
    private readonly Lock _turn = new(); // Guards everything below.
    private readonly RecentRows _rows;
    private readonly List<string> _keys = []; // By place; as long as there are rows.
    private readonly Dictionary<string, int> _categories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Category, float[] Values)> _reserved = new(StringComparer.Ordinal);
    private readonly Action<string> _say;
    private readonly int _rowsMax;

    /// <summary>Takes the memory for all rows.</summary>
    /// <param name="name">The filter's name, for metrics and messages.</param>
    /// <param name="width">D.</param>
    /// <param name="rowsMax">Accepted samples remembered at most.</param>
    /// <param name="device">Where they are searched; it outlives this.</param>
    /// <param name="say">Told once when the first row gives way.</param>
    /// <exception cref="InvalidDataException">There is not that much memory.</exception>
    /// <exception cref="KernelDeviceException">The device has not that much memory.</exception>
    public AcceptedObjects(string name, int width, int rowsMax, IKernelDevice device, Action<string> say)
    {
        (Name, Width, _rowsMax, _say) = (name, width, rowsMax, say);
        try
        {
            _rows = new RecentRows(device, width, rowsMax);
        }
        catch (OutOfMemoryException cause)
        {
            throw new InvalidDataException(
                $"Filter '{name}': there is no memory for {rowsMax} rows of {width} values; lower rows_max.", cause);
        }

        Living.Add(this);
    }

    /// <summary>The filter's name.</summary>
    public string Name { get; }

    /// <summary>D, values of an embedding.</summary>
    public int Width { get; }

    /// <summary>Accepted samples remembered.</summary>
    public int Rows => _rows.Count;

    /// <summary>Accepted samples that were forgotten for newer ones.</summary>
    public long Forgotten => _rows.Forgotten;

    /// <summary>Tries that passed and have not ended.</summary>
    public int Reserved
    {
        get
        {
            lock (_turn)
            {
                return _reserved.Count;
            }
        }
    }

    /// <summary>Keys of the accepted samples that are remembered, in no order.</summary>
    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_turn)
            {
                return [.. _keys];
            }
        }
    }

    /// <summary>Finds the nearest object and, where that is not too near, reserves the try.</summary>
    /// <param name="key">The try.</param>
    /// <param name="category">Its category.</param>
    /// <param name="everywhere">Whether objects of all categories are looked at.</param>
    /// <param name="point">[D] f32, of length 1.</param>
    /// <param name="max">The largest cosine with which it is reserved.</param>
    /// <returns>The nearest, null where there is none; and whether the try was reserved. What is no number is not.
    /// </returns>
    public (RealNeighbour? Nearest, bool IsReserved) Reserve(
        string key, string category, bool everywhere, ReadOnlySpan<float> point, double max)
    {
        lock (_turn)
        {
            int number = NumberOf(category);
            (int place, float score) = _rows.Nearest(point, everywhere ? -1 : number);
            RealNeighbour? nearest = place >= 0 ? new RealNeighbour(_keys[place], score)
                : float.IsNaN(score) ? new RealNeighbour("", score) : null;
            foreach ((string other, (int its, float[] values)) in _reserved)
            {
                if ((everywhere || its == number) && other != key)
                {
                    nearest = Nearer(nearest, new RealNeighbour(other, Dot(values, point)));
                }
            }

            // Written so that NaN is not reserved: every comparison with it is false.
            bool isReserved = nearest is null || nearest.Value.Cosine <= max;
            if (isReserved)
            {
                _reserved[key] = (number, Rounded(point));
            }

            return (nearest, isReserved);
        }
    }

    /// <summary>Enters a reserved try: its sample is durable.</summary>
    /// <param name="key">The try; nothing happens where it is not reserved.</param>
    public void Accept(string key)
    {
        lock (_turn)
        {
            if (_reserved.Remove(key, out (int Category, float[] Values) one))
            {
                Enter(key, one.Category, one.Values);
            }
        }
    }

    /// <summary>Gives a reservation up.</summary>
    /// <param name="key">The try; nothing happens where it is not reserved.</param>
    public void Release(string key)
    {
        lock (_turn)
        {
            _reserved.Remove(key);
        }
    }

    /// <summary>Enters a sample that the store holds from before.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="category">Its category.</param>
    /// <param name="point">[D] f32, of length 1.</param>
    public void Restore(string key, string category, ReadOnlySpan<float> point)
    {
        lock (_turn)
        {
            Enter(key, NumberOf(category), point);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Living.Remove(this);
        _rows.Dispose();
    }

    private void Enter(string key, int category, ReadOnlySpan<float> values)
    {
        int place = _rows.Enter(values, category);
        if (place == _keys.Count)
        {
            _keys.Add(key);
            return;
        }

        _keys[place] = key;
        ForgottenTotal.Add(1, new KeyValuePair<string, object?>("filter", Name));
        if (_rows.Forgotten == 1)
        {
            _say($"filter {Name}: {_rowsMax} accepted samples are remembered; from here on the oldest is forgotten for "
                + "each new one (rows_max)");
        }
    }

    private int NumberOf(string category)
    {
        if (!_categories.TryGetValue(category, out int number))
        {
            number = _categories.Count;
            _categories.Add(category, number);
        }

        return number;
    }

    // The rows come first among equals, then the lower key, so that the answer does not depend on the dictionary.
    private static RealNeighbour? Nearer(RealNeighbour? one, RealNeighbour other) =>
        one is not { } is1 ? other
        : double.IsNaN(is1.Cosine) || other.Cosine < is1.Cosine ? one
        : other.Cosine == is1.Cosine && string.CompareOrdinal(is1.Id, other.Id) <= 0 ? one
        : other;

    // One sum from value 0 up, as BlockScores has it.
    private static float Dot(float[] values, ReadOnlySpan<float> point)
    {
        float sum = 0;
        for (int d = 0; d < values.Length; d++)
        {
            sum = MathF.FusedMultiplyAdd(values[d], point[d], sum);
        }

        return sum;
    }

    private static float[] Rounded(ReadOnlySpan<float> point)
    {
        float[] values = new float[point.Length];
        for (int d = 0; d < values.Length; d++)
        {
            values[d] = (float)(Half)point[d];
        }

        return values;
    }
}
