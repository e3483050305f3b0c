namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>What the steps of one picture leave to the steps after them. One per picture; not to be shared.</summary>
/// <param name="length">Values of a latent.</param>
/// <param name="capacity">Outputs kept.</param>
internal sealed class StepHistory(int length, int capacity)
{
    private readonly float[][] _kept = [.. Enumerable.Range(0, capacity).Select(_ => new float[length])];
    private int _written;

    /// <summary>Outputs kept now.</summary>
    public int Count => Math.Min(_written, capacity);

    /// <summary>A buffer to write the newest into; it takes the place of the oldest.</summary>
    public Span<float> Next() => _kept[_written++ % capacity];

    /// <summary>What was written some turns before the newest; 0 is the newest.</summary>
    public ReadOnlySpan<float> Ago(int turns) => _kept[(_written - 1 - turns) % capacity];
}
