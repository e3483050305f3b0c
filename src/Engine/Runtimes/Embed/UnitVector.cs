using Engine.Flow;
using Engine.Items;

namespace Engine.Runtimes.Embed;

/// <summary>Brings an embedding to length 1.</summary>
internal static class UnitVector
{
    /// <summary>Divides by the length.</summary>
    /// <param name="row">[d] f32.</param>
    /// <returns>[d] f32 of L2 length 1, or a drop (<c>nonfinite</c>) of what has no direction.</returns>
    public static Outcome<float[]> Of(ReadOnlySpan<float> row)
    {
        double squares = 0;
        foreach (float value in row)
        {
            squares += (double)value * value;
        }

        // Not finite when any value is not; 0 has no direction.
        double length = Math.Sqrt(squares);
        if (!double.IsFinite(length) || length == 0)
        {
            return Outcome.Drop<float[]>(RejectReason.NonFinite, $"the embedding's length is {length}");
        }

        float[] unit = new float[row.Length];
        for (int i = 0; i < unit.Length; i++)
        {
            unit[i] = (float)(row[i] / length);
        }

        return Outcome.Keep(unit);
    }
}
