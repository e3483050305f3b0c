using System.Globalization;

namespace Tests.Shared;

/// <summary>How many cases a fuzzer runs, and how it spoils bytes.</summary>
internal static class Fuzz
{
    private const string Variable = "HEADWATER_FUZZ_FACTOR";

    /// <summary>Cases of a run in CI, times HEADWATER_FUZZ_FACTOR where that is set: a longer run.</summary>
    public static int Cases(int inCi) =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture,
            out int factor)
            ? checked(inCi * Math.Max(1, factor))
            : inCi;

    /// <summary>Changes some bytes: overwritten with bytes that mean much to a parser, flipped, cut out or put in.
    /// </summary>
    /// <param name="bytes">What to start from; not changed.</param>
    /// <param name="edits">How often.</param>
    /// <param name="random">Where and how.</param>
    /// <param name="nasty">The bytes that mean much.</param>
    public static byte[] Mutate(byte[] bytes, int edits, Random random, ReadOnlySpan<byte> nasty)
    {
        List<byte> spoiled = [.. bytes];
        for (int i = 0; i < edits && spoiled.Count > 0; i++)
        {
            int at = random.Next(spoiled.Count);
            switch (random.Next(4))
            {
                case 0: spoiled[at] = nasty[random.Next(nasty.Length)]; break;
                case 1: spoiled[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: spoiled.RemoveRange(at, Math.Min(random.Next(1, 9), spoiled.Count - at)); break;
                default: spoiled.Insert(at, nasty[random.Next(nasty.Length)]); break;
            }
        }

        return [.. spoiled];
    }
}
