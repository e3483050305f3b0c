using System.Text.Json;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Store;

namespace Engine.Pipeline.Filter;

/// <summary>Brings the newest samples of a store back to the filters that remember accepted ones.</summary>
/// <param name="store">The store; owned by the caller.</param>
/// <param name="embed">Embeds as the line does.</param>
/// <param name="revision">Names model and treatment: embeddings of another name are made anew, never mixed in.</param>
/// <param name="say">Told before samples are embedded anew.</param>
/// <remarks>An embedding stands in its sample's JSON, so what is restored is what was accepted, whatever ended the
/// process before. Entered in order of sequence, so that the oldest is forgotten first, as in the line.</remarks>
public sealed class AcceptedRestore(SampleStore store, EmbedStep embed, string revision, Action<string> say)
{
    private const int PageSamples = 256;
    private const int TogetherMax = 16; // Pictures decoded at a time.
    private const int LeftOutListedMax = 100;
    private const double LengthOff = 0.01; // Of an embedding that was rounded to f16, at most; damage is larger.

    private readonly List<string> _leftOut = [];
    private int _leftOutCount;
    private int _kept;
    private int _rebuilt;
    private bool _isCounted;

    /// <summary>Fills empty filters. Once.</summary>
    /// <param name="filters">1 or more, of one embedder.</param>
    /// <param name="stopping">Ends it.</param>
    /// <exception cref="InvalidDataException">More samples than a filter allows would have to be embedded anew.
    /// </exception>
    public async Task<RestoredSamples> RunAsync(IReadOnlyList<DuplicateFilter> filters, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(filters);
        int rows = filters.Max(filter => filter.Options.RowsMax);
        (int width, int rebuildMax) = (filters[0].Objects.Width, filters.Min(filter => filter.Options.RebuildMax));
        long last = store.LastSequence;
        foreach (StoredSample[] page in Pages(Math.Max(0, last - rows), last))
        {
            stopping.ThrowIfCancellationRequested();
            float[]?[] points = [.. page.Select(stored => Kept(stored, width))];
            if (!_isCounted && points.Contains(null))
            {
                CheckCount(page[0].Sequence - 1, last, width, rebuildMax);
            }

            await RebuildAsync(page, points, stopping).ConfigureAwait(false);
            for (int i = 0; i < page.Length; i++)
            {
                foreach (DuplicateFilter filter in filters)
                {
                    if (points[i] is { } point && page[i].Sequence > last - filter.Options.RowsMax)
                    {
                        filter.Objects.Restore(page[i].Key, page[i].Category, point);
                    }
                }
            }
        }

        return new RestoredSamples(_kept, _rebuilt, _leftOut, _leftOutCount);
    }

    private IEnumerable<StoredSample[]> Pages(long after, long last)
    {
        while (after < last)
        {
            StoredSample[] page = [.. store.List(after, PageSamples)];
            if (page.Length == 0)
            {
                yield break;
            }

            after = page[^1].Sequence;
            yield return page;
        }
    }

    /// <summary>Looks ahead before the first picture is embedded: that takes long, or is refused at once.</summary>
    private void CheckCount(long after, long last, int width, int rebuildMax)
    {
        _isCounted = true;
        int kept = _kept;
        int count = Pages(after, last).SelectMany(page => page)
            .Where(stored => Kept(stored, width) is null).Take(rebuildMax + 1).Count();
        _kept = kept;
        if (count > rebuildMax)
        {
            throw new InvalidDataException(
                $"More than {rebuildMax} of the newest stored samples have no embedding of {revision}, to compare new "
                + "ones with: the embedder or its treatment has changed, or the filter duplicates is new. Raise its "
                + "rebuild_max to have them embedded anew at each start, or lower its rows_max.");
        }

        say($"{count} stored samples have no embedding of {revision}; they are embedded anew ...");
    }

    /// <summary>The embedding that stands in a sample; null where it has none of this revision.</summary>
    private float[]? Kept(StoredSample stored, int width)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(store.ReadJson(stored));
            if (!json.RootElement.TryGetProperty("embedding", out JsonElement own)
                || own.GetProperty("revision").GetString() != revision
                || EmbeddingText.Read(own.GetProperty("values").GetString() ?? "", width) is not { } point
                || Math.Abs(point.Sum(value => (double)value * value) - 1) > LengthOff)
            {
                return null;
            }

            _kept++;
            return point;
        }
        catch (Exception cause) when (cause is JsonException or InvalidOperationException or KeyNotFoundException
            or StoreDamagedException)
        {
            return null; // Embedding it anew reads all of it, against its checksum, and says what is wrong.
        }
    }

    private async Task RebuildAsync(StoredSample[] page, float[]?[] points, CancellationToken stopping)
    {
        int[] without = [.. Enumerable.Range(0, page.Length).Where(i => points[i] is null)];
        foreach (int[] some in without.Chunk(TogetherMax))
        {
            List<(int At, Annotated Item)> items = [];
            foreach (int at in some)
            {
                if (await DecodedAsync(page[at], stopping).ConfigureAwait(false) is { } item)
                {
                    items.Add((at, item));
                }
            }

            if (items.Count == 0)
            {
                continue;
            }

            IReadOnlyList<Outcome<Embedded>> embedded =
                await embed.RunAsync([.. items.Select(one => one.Item)], stopping).ConfigureAwait(false);
            foreach (((int at, _), Outcome<Embedded> outcome) in items.Zip(embedded))
            {
                if (outcome.DropReason is { } reason)
                {
                    LeaveOut(page[at], outcome.Detail ?? reason);
                    continue;
                }

                points[at] = outcome.Value!.Embedding.ToArray();
                _rebuilt++;
            }
        }
    }

    private async Task<Annotated?> DecodedAsync(StoredSample stored, CancellationToken stopping)
    {
        try
        {
            Sample sample = await store.ReadAsync(stored, stopping).ConfigureAwait(false);
            BinaryMask mask = ImageCodec.DecodeMask(sample.MaskPng.Span, ImageLimits.Default);
            Prompt prompt = new()
            {
                Id = sample.PromptId, Category = sample.Category, Text = "", Attempt = sample.Attempt, Seed = 0,
            };
            RgbImage image = ImageCodec.DecodeRgb(sample.Image.Span, ImageLimits.Default);
            Box box = BoxOf(sample.Json);
            if (Misfit(image, mask, box) is { } misfit)
            {
                LeaveOut(stored, misfit);
                return null;
            }

            return new Annotated
            {
                Picture = new Picture(prompt, image, "", new Dictionary<string, string>()),
                Mask = mask, Box = box, AreaPx = mask.Values.Count(value => value != 0), Annotator = "",
                PredictedIou = double.NaN, Measures = new Dictionary<string, double>(),
            };
        }
        catch (Exception cause) when (cause is StoreDamagedException or ImageException or JsonException
            or InvalidOperationException or KeyNotFoundException)
        {
            LeaveOut(stored, cause.Message);
            return null;
        }
    }

    private static Box BoxOf(ReadOnlyMemory<byte> json)
    {
        using JsonDocument sample = JsonDocument.Parse(json);
        int[] box = [.. sample.RootElement.GetProperty("box").EnumerateArray().Select(side => side.GetInt32())];
        return box.Length == 4
            ? new Box(box[0], box[1], box[2], box[3])
            : throw new JsonException($"its box has {box.Length} numbers, not 4");
    }

    /// <summary>What of a sample does not go with its picture, which only a store of other making holds.</summary>
    private static string? Misfit(RgbImage image, BinaryMask mask, Box box)
    {
        if ((mask.Width, mask.Height) != (image.Width, image.Height))
        {
            return $"its mask is {mask.Width} x {mask.Height} px, its picture {image.Width} x {image.Height}";
        }

        bool isInside = box.X >= 0 && box.Y >= 0 && box.Width >= 1 && box.Height >= 1
            && box.Width <= image.Width - box.X && box.Height <= image.Height - box.Y;
        string sides = $"{box.X}, {box.Y}, {box.Width}, {box.Height}";
        return isInside ? null : $"its box {sides} is not within its picture's {image.Width} x {image.Height} px";
    }

    private void LeaveOut(StoredSample stored, string why)
    {
        _leftOutCount++;
        if (_leftOut.Count < LeftOutListedMax)
        {
            _leftOut.Add($"sample {stored.Sequence} ({stored.Key}): {why}");
        }
    }
}
