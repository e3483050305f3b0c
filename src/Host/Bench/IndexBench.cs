using System.Diagnostics;
using Engine.Index;
using Engine.Runtimes.Real;
using Host.Configuration;
using Host.Lifecycle;
using Kernels.Device;
using Kernels.Similarity;

namespace Host.Bench;

/// <summary>
/// Question: what does an index of the size of LVIS cost to write, to open and to ask? Floor: writing and reading its
/// bytes; a mean cosine is one dot product, the nearest row of a category reads that category's rows, the nearest of
/// all reads all.
/// </summary>
/// <param name="rows">N.</param>
/// <param name="width">D.</param>
/// <param name="folder">Where the file is made.</param>
internal sealed class IndexBench(int rows, int width, string folder)
{
    /// <summary>Instances of LVIS's training set.</summary>
    public const int LvisInstances = 1_270_141;

    private const int LvisCategories = 1203;
    private const int LvisLargest = 50_552;
    private const int Asked = 200;

    /// <summary>Runs it and prints a line a step.</summary>
    /// <param name="stopping">Ends it.</param>
    public ExitCode Run(CancellationToken stopping)
    {
        string path = Path.Combine(folder, $"headwater-bench-{Environment.ProcessId}.hwindex");
        try
        {
            SimilarityCase source = new(rows, width, RowType.F16, [1]);
            int[] counts = Counts(rows);
            long started = Stopwatch.GetTimestamp();
            IndexWriter.Write(
                path, Info(counts), width, RowType.F16, source.Fill, [.. Enumerable.Range(0, rows).Select(Id)],
                stopping);
            Say($"written: {rows} rows of {width} f16 values in {counts.Length} categories, "
                + $"{new FileInfo(path).Length / 1e9:F2} GB, {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
            Ask(path, source);
            return ExitCode.Ok;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private void Ask(string path, SimilarityCase source)
    {
        KernelOptions options = new();
        using IKernelDevice device = options.Open(options.Find());
        long before = Environment.WorkingSet;
        long started = Stopwatch.GetTimestamp();
        using IndexPictures index = IndexPictures.Open(path, device, "bench", width);
        Say($"opened on {device.Name}: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms, "
            + $"{Math.Max(0, Environment.WorkingSet - before) >> 20} MiB more in memory");
        float[] queries = source.Queries(Asked);
        Time("mean cosine to the category", Asked, (point, category) => index.Mean(category, point));
        Time("nearest of the category", Asked, (point, category) => index.Nearest(category, point, 1));
        Time("nearest of all", 20, (point, _) => index.Nearest(null, point, 1));

        void Time(string what, int count, Action<float[], string> ask)
        {
            double[] seconds = new double[count];
            for (int i = 0; i < count; i++)
            {
                float[] point = queries[(i * width)..((i + 1) * width)];
                long at = Stopwatch.GetTimestamp();
                ask(point, Name(i * LvisCategories / Asked));
                seconds[i] = Stopwatch.GetElapsedTime(at).TotalSeconds;
            }

            double median = seconds.Order().ElementAt(count / 2);
            Say($"{what}: {count / seconds.Sum():F0} pictures/s; median {median * 1e6:F0} us, "
                + $"slowest {seconds.Max() * 1e6:F0} us");
        }
    }

    private static IndexInfo Info(int[] counts)
    {
        List<IndexCategory> categories = [];
        for (int c = 0, first = 0; c < counts.Length; first += counts[c++])
        {
            categories.Add(new IndexCategory(c, Name(c), null, first, counts[c]));
        }

        return new IndexInfo("bench", "none", "made up", categories, new Dictionary<string, long>());
    }

    // From the largest of LVIS down to 1, along a curve that is bent until the sum is right.
    private static int[] Counts(int rows)
    {
        (double low, double high) = (0.01, 20);
        for (int step = 0; step < 60; step++)
        {
            double middle = (low + high) / 2;
            (low, high) = Curve(middle).Sum() < rows ? (middle, high) : (low, middle);
        }

        int[] counts = Curve(low);
        counts[0] += rows - counts.Sum();
        return counts;

        static int[] Curve(double bend) =>
        [
            .. Enumerable.Range(0, LvisCategories).Select(
                rank => (int)Math.Pow(LvisLargest, 1 - Math.Pow(rank / (LvisCategories - 1.0), bend))),
        ];
    }

    private static string Name(int category) => $"category {category}";

    private static string Id(int row) => $"{row / 12:D12}.jpg#{row}";

    private static void Say(string line) => Console.Out.WriteLine(line);
}
