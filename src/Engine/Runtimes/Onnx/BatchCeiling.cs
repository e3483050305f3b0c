namespace Engine.Runtimes.Onnx;

/// <summary>How many pictures are tried at once; only ever lowered. Safe to use from several threads.</summary>
/// <param name="most">To begin with.</param>
/// <param name="only">The only size a model takes, or 0.</param>
internal sealed class BatchCeiling(int most, int only)
{
    private int _now = only > 0 ? Math.Min(most, only) : most;

    public int Now => Volatile.Read(ref _now);

    /// <summary>Whether a smaller batch would need less; a model of a fixed batch is always filled up.</summary>
    public bool CanFall(int size) => only == 0 && size > 1;

    /// <summary>Remembers that a size did not fit.</summary>
    public void FallBelow(int size)
    {
        for (int seen = Now; size / 2 < seen; seen = Now)
        {
            if (Interlocked.CompareExchange(ref _now, size / 2, seen) == seen)
            {
                return;
            }
        }
    }
}
