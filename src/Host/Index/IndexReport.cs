using Engine.Index;

namespace Host.Index;

/// <summary>Says what an index is made of.</summary>
internal static class IndexReport
{
    /// <summary>Prints it, a line a category.</summary>
    /// <param name="index">The index.</param>
    /// <param name="writer">Where to.</param>
    public static void Print(RealIndex index, TextWriter writer)
    {
        writer.WriteLine(
            $"{index.Rows.Count} rows of {index.Rows.Width} values ({index.Rows.Type}), {index.FileBytes} bytes");
        writer.WriteLine($"model {index.Info.EmbedderRevision}, recipe {index.Info.Recipe}, from {index.Info.Source}");
        foreach ((string reason, long count) in index.Info.Skipped.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            writer.WriteLine($"left out {count}: {reason}");
        }

        CalibratedThresholds? thresholds = null;
        try
        {
            thresholds = CalibratedThresholds.Of(index.Info, 0.05);
        }
        catch (InvalidDataException cause)
        {
            writer.WriteLine(cause.Message);
        }

        writer.WriteLine("rows, mean and deviation among themselves, of others, threshold that rejects 5 %: category");
        for (int c = 0; c < index.Info.Categories.Count; c++)
        {
            IndexCategory category = index.Info.Categories[c];
            CategoryCalibration? scores = category.Calibration;
            string own = scores is { OwnCount: > 0 }
                ? $"{scores.OwnMean,7:F3} {scores.OwnDeviation,6:F3}"
                : "      -      -";
            writer.WriteLine(
                $"{category.Count,7} {own} {scores?.OtherMean,7:F3} {thresholds?[c].Value,7:F3}: "
                + $"{category.Name}{(category.Frequency is { } group ? $" ({group})" : "")}");
        }
    }
}
