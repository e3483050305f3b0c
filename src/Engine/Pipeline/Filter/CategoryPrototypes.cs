using Engine.Flow;
using Engine.Imaging;
using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>The mean unit vector of the real pictures of each category.</summary>
/// <remarks>The mean cosine of a point to all pictures of a category is its dot product with this mean, exactly, so no
/// pair is stored and the score costs the same for one picture and for a thousand.</remarks>
public sealed class CategoryPrototypes
{
    private const int SkippedListedMax = 100;

    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".webp"];

    private readonly Dictionary<string, float[]> _means = [];
    private readonly List<string> _skipped = [];

    private CategoryPrototypes()
    {
    }

    /// <summary>Categories that have a mean.</summary>
    public int Categories => _means.Count;

    /// <summary>Pictures that went into the means.</summary>
    public int Pictures { get; private set; }

    /// <summary>Pictures left out because they could not be read or embedded.</summary>
    public int SkippedCount { get; private set; }

    /// <summary>The first of them, up to 100: file and reason.</summary>
    public IReadOnlyList<string> Skipped => _skipped;

    /// <summary>Embeds the pictures, one batch at a time.</summary>
    /// <param name="folder">One folder a category.</param>
    /// <param name="picturesMax">Pictures read of a category at most.</param>
    /// <param name="embedder">Makes the points; owned by the caller.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>The means; a category of which no picture could be used has none.</returns>
    /// <exception cref="DirectoryNotFoundException">The folder is not there.</exception>
    public static async Task<CategoryPrototypes> LoadAsync(
        string folder, int picturesMax, IImageEmbedder embedder, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"The folder of real pictures '{folder}' is not there.");
        }

        CategoryPrototypes prototypes = new();
        foreach (string category in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string[] files =
            [
                .. Directory.EnumerateFiles(category)
                    .Where(file => Endings.Contains(Path.GetExtension(file).ToLowerInvariant()))
                    .Order(StringComparer.Ordinal)
                    .Take(picturesMax),
            ];
            await prototypes.AddAsync(Path.GetFileName(category), files, embedder, stopping).ConfigureAwait(false);
        }

        return prototypes;
    }

    /// <summary>The mean cosine of a point to a category's pictures.</summary>
    /// <param name="category">The category's name.</param>
    /// <param name="point">[d] f32, L2 length 1.</param>
    /// <returns>-1 to 1; null when the category has no pictures.</returns>
    /// <exception cref="InvalidDataException">The point is of another width: it comes from another embedder or none.
    /// </exception>
    public double? Score(string category, ReadOnlySpan<float> point)
    {
        if (!_means.TryGetValue(Key(category), out float[]? mean))
        {
            return null;
        }

        if (mean.Length != point.Length)
        {
            throw new InvalidDataException(
                $"An embedding of {point.Length} numbers cannot be compared with pictures embedded to {mean.Length}.");
        }

        double sum = 0;
        for (int i = 0; i < mean.Length; i++)
        {
            sum += (double)mean[i] * point[i];
        }

        return sum;
    }

    private static string Key(string category) => category.Replace('/', '_').ToLowerInvariant();

    private async Task AddAsync(
        string category, string[] files, IImageEmbedder embedder, CancellationToken stopping)
    {
        double[] sums = new double[embedder.Width];
        int count = 0;
        foreach (string[] names in files.Chunk(embedder.BatchMax))
        {
            (string Name, RgbImage Picture)[] batch = [.. names.SelectMany(Decode)];
            if (batch.Length == 0)
            {
                continue;
            }

            IReadOnlyList<Outcome<float[]>> points = await embedder.EmbedAsync(
                [.. batch.Select(one => one.Picture)], stopping).ConfigureAwait(false);
            foreach ((Outcome<float[]> point, (string name, _)) in points.Zip(batch))
            {
                if (point.DropReason is { } reason)
                {
                    Skip(name, point.Detail ?? reason);
                    continue;
                }

                count++;
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] += point.Value![i];
                }
            }
        }

        if (count > 0)
        {
            Pictures += count;
            _means[Key(category)] = Array.ConvertAll(sums, sum => (float)(sum / count));
        }
    }

    private IEnumerable<(string Name, RgbImage Picture)> Decode(string file)
    {
        try
        {
            long bytes = new FileInfo(file).Length;
            if (bytes <= ImageLimits.Default.BytesMax)
            {
                return [(file, ImageCodec.DecodeRgb(File.ReadAllBytes(file), ImageLimits.Default))];
            }

            Skip(file, $"has {bytes} bytes; at most {ImageLimits.Default.BytesMax} are read");
        }
        catch (Exception cause) when (cause is ImageException or IOException or UnauthorizedAccessException)
        {
            Skip(file, cause.Message);
        }

        return [];
    }

    private void Skip(string file, string reason)
    {
        SkippedCount++;
        if (_skipped.Count < SkippedListedMax)
        {
            _skipped.Add($"{file}: {reason}");
        }
    }
}
