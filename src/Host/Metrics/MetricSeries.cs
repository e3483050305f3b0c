namespace Host.Metrics;

/// <summary>The numbers of one series. Written by any thread without a lock.</summary>
internal sealed class MetricSeries(double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _value;

    public double Value => Volatile.Read(ref _value);

    public void Set(double value) => Volatile.Write(ref _value, value);

    public void Add(double value)
    {
        double seen = Volatile.Read(ref _value);
        while (true)
        {
            double found = Interlocked.CompareExchange(ref _value, seen + value, seen);
            if (found.Equals(seen))
            {
                return;
            }

            seen = found;
        }
    }

    /// <summary>Counts a measurement of a histogram; its value is their sum.</summary>
    public void Record(double value)
    {
        int bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref _buckets[bucket]);
        Add(value);
    }

    /// <summary>How many measurements were at most each bound, and last how many there were.</summary>
    public long[] Cumulative()
    {
        long[] counts = new long[_buckets.Length];
        long sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = sum += Interlocked.Read(ref _buckets[i]);
        }

        return counts;
    }
}
