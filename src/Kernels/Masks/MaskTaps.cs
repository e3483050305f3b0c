namespace Kernels.Masks;

/// <summary>Where each target column or row lies between the source's: worked out once in f64, then used by every rung.
/// </summary>
internal sealed class MaskTaps
{
    private (int Length, int TargetLength) _for;
    private int[] _lefts = [];
    private float[] _weights = [];

    /// <summary>The value left of (or above) each target, padded with zeros.</summary>
    public ReadOnlySpan<int> Lefts => _lefts;

    /// <summary>The weight of the value right of (or below) each target, 0 to 1, padded with zeros.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>The source position of a target's centre: the value left of it and the weight of the one right of it.
    /// </summary>
    public static (int Left, float RightWeight) Tap(int at, int length, int targetLength)
    {
        double position = Math.Clamp(((at + 0.5) * length / targetLength) - 0.5, 0, length - 1);
        int left = (int)position;
        return (left, (float)(position - left));
    }

    /// <summary>Makes the taps, or keeps those there are for the same lengths.</summary>
    /// <returns>Whether they are other than before.</returns>
    public bool Prepare(int length, int targetLength)
    {
        if (_for == (length, targetLength))
        {
            return false;
        }

        int padded = (targetLength + MaskBits.PerWord - 1) / MaskBits.PerWord * MaskBits.PerWord;
        (_lefts, _weights) = (new int[padded], new float[padded]);
        for (int i = 0; i < targetLength; i++)
        {
            (_lefts[i], _weights[i]) = Tap(i, length, targetLength);
        }

        _for = (length, targetLength);
        return true;
    }
}
