namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>Straight lines between the points of a table whose first column rises.</summary>
internal static class Interpolation
{
    /// <summary>The value at a place between whole indices, held to the table's ends.</summary>
    public static double At(ReadOnlySpan<double> values, double index)
    {
        double held = Math.Clamp(index, 0, values.Length - 1);
        int left = Math.Min((int)held, values.Length - 2);
        double part = held - left;
        return ((1 - part) * values[left]) + (part * values[left + 1]);
    }

    /// <summary>The place between whole indices at which a rising table has a value, held to its ends.</summary>
    public static double IndexOf(ReadOnlySpan<double> values, double value)
    {
        int right = values.BinarySearch(value);
        if (right >= 0)
        {
            return right;
        }

        right = ~right;
        return right == 0 ? 0
            : right == values.Length ? values.Length - 1
            : right - 1 + ((value - values[right - 1]) / (values[right] - values[right - 1]));
    }
}
