using System.Buffers;
using System.Globalization;
using System.Text;

namespace Host.Transport;

/// <summary>What a DEMAND may hold. Held where it is asked for: the server would answer one beyond it with the end of
/// the connection.</summary>
internal static class DemandBounds
{
    private const int NameCharactersShown = 80;

    /// <summary>Says what is wrong with weights.</summary>
    /// <param name="weights">By category.</param>
    /// <returns>One sentence with the value and its bound; null when all is well.</returns>
    public static string? ProblemWith(IReadOnlyDictionary<string, double> weights)
    {
        if (weights.Count > WireLimits.DemandCategoriesMax)
        {
            return $"The demand has {weights.Count} categories; it must have at most {WireLimits.DemandCategoriesMax}.";
        }

        foreach ((string category, double weight) in weights)
        {
            if (Encoding.UTF8.GetByteCount(category) is var bytes and > WireLimits.CategoryBytesMax)
            {
                return $"The category '{Shown(category)}' has {bytes} bytes; it must have at most "
                    + $"{WireLimits.CategoryBytesMax}.";
            }

            if (!(weight >= 0 && weight <= WireLimits.DemandWeightMax)) // NaN is neither
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"The weight of '{Shown(category)}' is {weight}; it must be 0 to {WireLimits.DemandWeightMax}.");
            }
        }

        // Names of the greatest length reach the frame's bound long before their number does.
        int length = new FrameWriter(new ArrayBufferWriter<byte>()).Demand(weights) - WireLimits.PrefixBytes;
        return length > WireLimits.ClientFrameBytesMax
            ? $"The demand's {weights.Count} categories have {length} bytes as a frame; they must have at most "
                + $"{WireLimits.ClientFrameBytesMax}."
            : null;
    }

    private static string Shown(string category) =>
        category.Length <= NameCharactersShown ? category : category[..NameCharactersShown] + "...";
}
