namespace Engine.Index;

/// <summary>Welford's running mean and variance.</summary>
internal struct RunningScores
{
    private double _squares;

    /// <summary>How many scores.</summary>
    public int Count { get; private set; }

    /// <summary>Their mean; 0 of none.</summary>
    public double Mean { get; private set; }

    /// <summary>Their standard deviation, with the divisor n - 1; 0 of fewer than two.</summary>
    public readonly double Deviation => Count > 1 ? Math.Sqrt(_squares / (Count - 1)) : 0;

    /// <summary>Adds a score.</summary>
    public void Add(double score)
    {
        Count++;
        double before = score - Mean;
        Mean += before / Count;
        _squares += before * (score - Mean);
    }
}
