namespace Kernels.Masks;

/// <summary>Checks the lengths that every mask kernel takes.</summary>
internal static class MaskShape
{
    /// <summary>Checks that <paramref name="length"/> values are [height, width].</summary>
    public static void Check(int length, int width, int height, string what)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (length != (long)width * height)
        {
            long needed = (long)width * height;
            throw new ArgumentException($"{what} has {length} values; [{height}, {width}] needs {needed}.");
        }
    }
}
