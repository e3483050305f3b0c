using Engine.Imaging;
using Engine.Index.Sources;
using Engine.Items;

namespace Engine.Runtimes.CopyPaste;

/// <summary>The pictures of a data set in COCO's or LVIS's format.</summary>
internal sealed class CocoBackgrounds : IBackgrounds, IAsyncDisposable
{
    private readonly CocoSource _source;
    private readonly int[] _places; // Of the pictures whose files were there at the start.
    private readonly Dictionary<string, long> _ids;

    private CocoBackgrounds(CocoSource source, SizeStatistics sizes, int[] places, IEnumerable<string> extra)
    {
        (_source, Sizes, _places) = (source, sizes, places);
        _ids = source.Categories
            .GroupBy(category => CategoryName.Key(category.Name))
            .ToDictionary(names => names.Key, names => names.Min(category => category.Id));
        long last = source.Categories.Select(category => category.Id).Append(0).Max();
        foreach (string name in extra)
        {
            last += _ids.TryAdd(CategoryName.Key(name), last + 1) ? 1 : 0;
        }
    }

    /// <inheritdoc/>
    public int Count => _places.Length;

    /// <inheritdoc/>
    public SizeStatistics Sizes { get; }

    /// <summary>Walks the json twice: once for its tables, once for the sizes.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="extra">Categories that may be unknown to the data set: they are numbered after its own, in
    /// order.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <exception cref="InvalidDataException">The json is broken, or none of its pictures is in the folder.</exception>
    /// <exception cref="IOException">The json cannot be read.</exception>
    public static async Task<CocoBackgrounds> OpenAsync(
        CopyPasteOptions options, IEnumerable<string> extra, CancellationToken stopping)
    {
        CocoSource source = await CocoSource.OpenAsync(
            new CocoSourceOptions { AnnotationsFile = options.Annotations, ImageFolder = options.Images }, stopping)
            .ConfigureAwait(false);
        try
        {
            int[] places =
            [
                .. Enumerable.Range(0, source.Images.Count).Where(place => source.FileOf(source.Images[place]) != null),
            ];
            return places.Length == 0
                ? throw new InvalidDataException(
                    $"{options.Images} has none of the {source.Images.Count} pictures of {options.Annotations}.")
                : new CocoBackgrounds(
                    source,
                    await SizeStatistics.OfAsync(source.ReadAsync(stopping), stopping).ConfigureAwait(false),
                    places,
                    extra);
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public long? IdOf(string category) =>
        _ids.TryGetValue(CategoryName.Key(category), out long id) ? id : null;

    /// <inheritdoc/>
    public async ValueTask<Background?> ReadAsync(int place, CancellationToken stopping)
    {
        RealGroup group = _source.Read(_places[place]);
        try
        {
            byte[] file = await File.ReadAllBytesAsync(group.File ?? "", stopping).ConfigureAwait(false);
            RgbImage image = ImageCodec.DecodeRgb(file, ImageLimits.Default);
            return image.Width == group.Image.Width && image.Height == group.Image.Height
                ? new Background(group, image)
                : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or ArgumentException or ImageException
            or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
