using System.Numerics.Tensors;
using Engine.Index;
using Host.Lifecycle;

namespace Host.Bench;

/// <summary>
/// Question: does a calibrated threshold reject the share of real pictures that was asked for, of rare categories as of
/// large ones, and what does it let through? Method: half the photographs of an index calibrate, objects of the other
/// half are judged, several times; then the same with a third of the categories left out of the half index wholly.
/// </summary>
/// <param name="path">The index.</param>
/// <param name="repeats">Times that photographs are drawn.</param>
/// <param name="seed">Of the draws.</param>
internal sealed class CalibrationBench(string path, int repeats, int seed)
{
    private const double LeftOut = 1 / 3.0;

    private static readonly double[] Shares = [0.02, 0.05, 0.1, 0.2];
    private static readonly string[] Rejected = ["1", "2-3", "4-10", ">10", "all", "others"];
    private static readonly string[] FallBack = ["unknown", "known"];

    /// <summary>Runs it and prints three tables.</summary>
    /// <param name="stopping">Ends it.</param>
    public ExitCode Run(CancellationToken stopping)
    {
        using RealIndex index = RealIndex.Open(path);
        Console.Out.WriteLine(
            $"{index.Rows.Count} rows of {index.Info.Categories.Count} categories; {repeats} draws, seed {seed}");
        (ShareTally thresholds, ShareTally margins, ShareTally known) = (new(), new(), new());
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            try
            {
                CalibrationSplit split = new(index, new Random(seed + repeat), leftOut: 0, stopping);
                HeldScores held = new(index, split);
                Thresholds(split, held, thresholds);
                Margins(split, held, margins);
                CalibrationSplit partly = new(index, new Random(seed + repeat), LeftOut, stopping);
                Known(partly, new HeldScores(index, partly), known);
            }
            catch (InvalidDataException cause)
            {
                Console.Out.WriteLine($"draw {repeat + 1} is left out: {cause.Message}"); // Too few pictures in a half.
            }
        }

        Console.Out.WriteLine(
            "\nheld-out objects rejected, by rows of their category in the half index; objects of others accepted");
        thresholds.Print(Rejected, Console.Out);
        Console.Out.WriteLine("\nthe same by margin, the least that passes being");
        margins.Print(Rejected, Console.Out);
        Console.Out.WriteLine(
            "\nfall-back: objects of categories left out rejected; objects of known categories accepted");
        known.Print(FallBack, Console.Out);
        return ExitCode.Ok;
    }

    private static void Thresholds(CalibrationSplit split, HeldScores held, ShareTally tally)
    {
        foreach (double share in Shares)
        {
            CalibratedThresholds chosen = CalibratedThresholds.Of(split.Info, share);
            CalibratedThresholds ignoring = CalibratedThresholds.Of(split.IgnoringPictures, share);
            double[] own = [.. held.Own.Order()];
            double rejected = held.Own.Where((score, at) => !(score >= chosen[held.OwnCategory[at]].Value)).Count();
            double fixedOne = own.Length == 0 ? 0 : own[(int)Math.Min(rejected, own.Length - 1)];
            double[] quantiles = Quantiles(split.Scores, share);
            held.Count(tally, $"{share:P0}: calibrated", split, c => chosen[c].Value);
            held.Count(tally, $"{share:P0}: one threshold that rejects as many", split, _ => fixedOne);
            held.Count(tally, $"{share:P0}: each category's own quantile", split, c => quantiles[c]);
            held.Count(tally, $"{share:P0}: calibrated, photographs ignored", split, c => ignoring[c].Value);
        }
    }

    // A category without a scored row takes the quantile of all.
    private static double[] Quantiles(RealScores scores, double share)
    {
        double common = Quantile([.. scores.Own.SelectMany(own => own).Order()]);
        return [.. scores.Own.Select(own => own.Count == 0 ? common : Quantile([.. own.Order()]))];

        double Quantile(double[] sorted) =>
            sorted.Length == 0 ? double.NegativeInfinity : sorted[(int)(share * (sorted.Length - 1))];
    }

    private static void Margins(CalibrationSplit split, HeldScores held, ShareTally tally)
    {
        foreach (double least in new[] { -0.1, -0.05, 0 })
        {
            held.CountMargins(tally, $"{least:F2}, mean pictures (what margin does)", split, least, held.Directions);
            held.CountMargins(tally, $"{least:F2}, mean cosines", split, least, held.Means);
        }
    }

    private static void Known(CalibrationSplit split, HeldScores held, ShareTally tally)
    {
        foreach (double share in Shares)
        {
            double most = KnownBound.Of(split.Info, share);
            for (int at = 0; at < split.Held.Length; at++)
            {
                int category = split.CategoryOf(split.Held[at]);
                double nearest = TensorPrimitives.Max<float>(held.Directions[at]);
                if (category >= 0)
                {
                    tally.Add($"{share:P0}", "known", nearest <= most);
                }
                else if (held.IsLeftOut(at))
                {
                    tally.Add($"{share:P0}", "unknown", !(nearest <= most));
                }
            }
        }
    }
}
