using Engine.Index.Sources;
using Engine.Items;

namespace Engine.Runtimes.CopyPaste;

/// <summary>How large a category's real objects are: mean and deviation of sqrt(box area / picture area).</summary>
/// <remarks>Crowds do not count. A category of one object has the deviation 0.</remarks>
public sealed class SizeStatistics
{
    private readonly Dictionary<string, (double Mean, double Deviation)> _byCategory;

    private SizeStatistics(Dictionary<string, (double Mean, double Deviation)> byCategory) => _byCategory = byCategory;

    /// <summary>Categories that have any.</summary>
    public int Categories => _byCategory.Count;

    /// <summary>Reads a data set's boxes once.</summary>
    /// <param name="groups">Its pictures; a box may be absent, and then does not count.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>The statistics.</returns>
    public static async Task<SizeStatistics> OfAsync(
        IAsyncEnumerable<RealGroup> groups, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(groups);
        Dictionary<string, (long Count, double Sum, double Squares)> sums = [];
        await foreach (RealGroup group in groups.WithCancellation(stopping).ConfigureAwait(false))
        {
            double picture = (double)group.Image.Width * group.Image.Height;
            foreach (RealInstance one in group.Instances.Where(one => one is { IsCrowd: false, Box: not null }))
            {
                double size = Math.Sqrt(one.Box!.Value.Width * one.Box.Value.Height / picture);
                string key = CategoryName.Key(one.Category.Name);
                (long count, double sum, double squares) = sums.GetValueOrDefault(key);
                sums[key] = (count + 1, sum + size, squares + (size * size));
            }
        }

        return new SizeStatistics(sums.ToDictionary(entry => entry.Key, entry => Moments(entry.Value)));
    }

    /// <summary>A category's sizes.</summary>
    /// <param name="category">Its name.</param>
    /// <returns>Mean and deviation, shares of the picture's side; null where the data set has no such object.</returns>
    public (double Mean, double Deviation)? Of(string category) =>
        _byCategory.TryGetValue(CategoryName.Key(category), out (double Mean, double Deviation) known) ? known : null;

    private static (double Mean, double Deviation) Moments((long Count, double Sum, double Squares) of)
    {
        double mean = of.Sum / of.Count;
        return (mean, Math.Sqrt(Math.Max(0, (of.Squares / of.Count) - (mean * mean))));
    }
}
