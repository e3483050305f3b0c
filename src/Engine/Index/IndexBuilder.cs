using System.Numerics.Tensors;
using Engine.Imaging;
using Engine.Items;

namespace Engine.Index;

/// <summary>
/// Builds an index: (1) every picture becomes a row of a log beside the file, which a later run goes on from; (2) the
/// rows are ordered by category and measured against each other; (3) the file is written, and the log deleted.
/// </summary>
public sealed class IndexBuilder
{
    private const int SkippedListedMax = 100;

    private readonly IndexBuildOptions _options;
    private readonly RowEmbedder _embed;
    private readonly Dictionary<string, long> _skipped = [];
    private readonly List<string> _skippedNames = [];
    private long _seen;
    private long _resumed;

    /// <summary>Prepares a build.</summary>
    /// <param name="options">What is built.</param>
    /// <param name="embed">Makes the rows.</param>
    public IndexBuilder(IndexBuildOptions options, RowEmbedder embed) => (_options, _embed) = (options, embed);

    /// <summary>The first pictures that were left out, up to 100: id and reason.</summary>
    public IReadOnlyList<string> SkippedNames => _skippedNames;

    /// <summary>Builds.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="stopping">Ends it; a later build goes on from there.</param>
    /// <returns>What the index is made of.</returns>
    /// <exception cref="IndexFileException">The log is of another build, or no picture gave a row.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task<IndexInfo> BuildAsync(
        IndexSource source, Action<IndexProgress> progress, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(source);
        string logPath = _options.Path + ".rows";
        IndexInfo info;
        using (RowLog log = RowLog.Open(logPath, _options))
        {
            await FillAsync(log, source, progress, stopping).ConfigureAwait(false);
            LoggedRow[] rows = Ordered(log, source);
            if (rows.Length == 0)
            {
                throw new IndexFileException(
                    _options.Path, $"none of the {_seen} pictures of {source.Name} gave a row");
            }

            void Read(int first, Span<float> values)
            {
                for (int row = 0; row < values.Length / _options.Width; row++)
                {
                    log.Read(rows[first + row], values.Slice(row * _options.Width, _options.Width));
                }
            }

            string[] ids = [.. rows.Select(row => row.Id)];
            List<IndexCategory> categories = Categories(rows, source);
            info = CalibrationPass.Run(categories, _options.Width, Read, ids, stopping).Into(
                new IndexInfo(_options.EmbedderRevision, _options.Recipe, source.Name, categories, _skipped));
            IndexWriter.Write(_options.Path, info, _options.Width, _options.Type, Read, ids, stopping);
        }

        File.Delete(logPath);
        return info;
    }

    private async Task FillAsync(
        RowLog log, IndexSource source, Action<IndexProgress> progress, CancellationToken stopping)
    {
        HashSet<long> known = [.. source.Categories.Select(category => category.Id)];
        List<IndexItem> batch = new(_options.Batch);
        await foreach (IndexItem item in source.Items(stopping).ConfigureAwait(false))
        {
            _seen++;
            if (item.PassedOver is { } reason)
            {
                _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;
            }
            else if (log.Has(item.Id))
            {
                _resumed++;
            }
            else if (!known.Contains(item.CategoryId))
            {
                Skip(item, "unknown category", $"its category {item.CategoryId} is not one of the source's");
            }
            else if (item.Point is { } point)
            {
                AddPoint(log, item, point);
            }
            else
            {
                batch.Add(item);
            }

            if (batch.Count == _options.Batch)
            {
                await AddAsync(log, batch, stopping).ConfigureAwait(false);
                batch.Clear();
                progress(new IndexProgress(_seen, _resumed, _skipped.Values.Sum(), source.Count));
            }
        }

        await AddAsync(log, batch, stopping).ConfigureAwait(false);
        progress(new IndexProgress(_seen, _resumed, _skipped.Values.Sum(), source.Count));
    }

    private void AddPoint(RowLog log, IndexItem item, float[] point)
    {
        float length = TensorPrimitives.Norm<float>(point);
        if (point.Length != _options.Width)
        {
            Skip(item, "other width", $"its embedding has {point.Length} numbers; the model gives {_options.Width}");
        }
        else if (!(length > 0 && float.IsFinite(length)))
        {
            Skip(item, "nonfinite", "its embedding is not finite, or all 0");
        }
        else
        {
            float[] unit = new float[point.Length];
            TensorPrimitives.Divide(point, length, unit);
            log.Add(item.Id, item.CategoryId, unit);
        }
    }

    private async Task AddAsync(RowLog log, List<IndexItem> batch, CancellationToken stopping)
    {
        (IndexItem Item, RgbImage Picture)[] decoded = await DecodeAsync(batch, stopping).ConfigureAwait(false);
        if (decoded.Length == 0)
        {
            return;
        }

        IReadOnlyList<float[]?> rows = await _embed([.. decoded.Select(one => one.Picture)], stopping)
            .ConfigureAwait(false);
        foreach ((float[]? row, (IndexItem item, _)) in rows.Zip(decoded))
        {
            if (row is null)
            {
                Skip(item, "nonfinite", "its embedding is not finite");
            }
            else
            {
                log.Add(item.Id, item.CategoryId, row);
            }
        }
    }

    private async Task<(IndexItem Item, RgbImage Picture)[]> DecodeAsync(
        List<IndexItem> batch, CancellationToken stopping)
    {
        RgbImage?[] pictures = new RgbImage?[batch.Count];
        string?[] problems = new string?[batch.Count];
        await Parallel.ForAsync(0, batch.Count, stopping, (at, _) =>
        {
            try
            {
                pictures[at] = batch[at].Picture!();
            }
            catch (Exception cause) when (cause is ImageException or IOException or UnauthorizedAccessException
                or InvalidDataException)
            {
                problems[at] = cause.Message;
            }

            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        for (int at = 0; at < batch.Count; at++)
        {
            if (problems[at] is { } problem)
            {
                Skip(batch[at], "unreadable", problem);
            }
        }

        return
        [
            .. batch.Zip(pictures).Where(pair => pair.Second is not null)
                .Select(pair => (pair.First, pair.Second!)),
        ];
    }

    private void Skip(IndexItem item, string reason, string detail)
    {
        _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1;
        if (_skippedNames.Count < SkippedListedMax)
        {
            _skippedNames.Add($"{item.Id}: {detail}");
        }
    }

    // By the category's place in the source, then by id: the file does not depend on the order of the batches.
    private static LoggedRow[] Ordered(RowLog log, IndexSource source)
    {
        Dictionary<long, int> place = [];
        foreach ((long id, _, _) in source.Categories)
        {
            place.TryAdd(id, place.Count);
        }

        return
        [
            .. log.Rows.Where(row => place.ContainsKey(row.CategoryId))
                .OrderBy(row => place[row.CategoryId]).ThenBy(row => row.Id, StringComparer.Ordinal),
        ];
    }

    private static List<IndexCategory> Categories(LoggedRow[] rows, IndexSource source)
    {
        Dictionary<long, int> counts = rows.CountBy(row => row.CategoryId).ToDictionary();
        List<IndexCategory> categories = [];
        int first = 0;
        foreach ((long id, string name, string? frequency) in source.Categories.DistinctBy(category => category.Id))
        {
            if (counts.TryGetValue(id, out int count))
            {
                categories.Add(new IndexCategory(id, name, frequency, first, count));
                first += count;
            }
        }

        return categories;
    }
}
