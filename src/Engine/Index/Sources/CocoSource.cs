using System.Buffers;
using System.Runtime.CompilerServices;
using Engine.Options;

namespace Engine.Index.Sources;

/// <summary>A data set in COCO's or LVIS's format: polygons, runs as numbers or text, crowds, frequency groups.
/// </summary>
/// <remarks>
/// The json is walked once on opening; then each image's annotations are read again from their places, image by image.
/// Memory grows with images and categories, never with annotations: their places are kept in a scratch file.
/// Measured on 20,000 annotations of 40 points (15 MB, in the page cache): opening 62 ms (241 MB/s, 320,000 annotations
/// a second), reading 131 ms (114 MB/s, 150,000 a second, 3.6 kB allocated each); the tokens of the same text alone
/// take 40 ms. One core of two of an AMD EPYC VM that did other work too: bench/Engine.Bench/CocoSourceBench.cs, short
/// job, in process. So LVIS train, 1.27 million, would take about 12 s by these rates; it was not read here.
/// </remarks>
public sealed class CocoSource : IRealSource
{
    private readonly Func<Stream> _open;
    private readonly CocoSourceOptions _options;
    private readonly CocoTables _tables;
    private readonly CocoOrder _order;

    private CocoSource(
        Func<Stream> open, CocoSourceOptions options, CocoTables tables, CocoOrder order, SourceProblems problems) =>
        (_open, _options, _tables, _order, Problems) = (open, options, tables, order, problems);

    /// <inheritdoc/>
    public IReadOnlyList<RealCategory> Categories => _tables.Categories;

    /// <summary>All images that are listed, those without an annotation too.</summary>
    public IReadOnlyList<RealImage> Images => _tables.Images;

    /// <inheritdoc/>
    public long? InstancesMax => _order.Count;

    /// <inheritdoc/>
    public SourceProblems Problems { get; }

    /// <summary>Walks the json once.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>The source; owned by the caller.</returns>
    /// <exception cref="ArgumentException">An option is wrong.</exception>
    /// <exception cref="InvalidDataException">The json is broken, or its top level is another; with byte, line and
    /// path.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static Task<CocoSource> OpenAsync(CocoSourceOptions options, CancellationToken stopping)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        return OpenAsync(
            () => new FileStream(
                options.AnnotationsFile, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0),
            options,
            stopping);
    }

    /// <summary>Opens a json that some streams hold: each call gives a new one with the same text, which can seek.
    /// </summary>
    internal static Task<CocoSource> OpenAsync(
        Func<Stream> open, CocoSourceOptions options, CancellationToken stopping) => Task.Run(
        () =>
        {
            SourceProblems problems = new();
            using Stream stream = open();
            using EntryFile entries = new(options.ScratchFolder);
            CocoTables tables = CocoScan.Run(stream, options, entries, problems, stopping);
            CocoOrder order = CocoOrder.Of(entries, tables, options.ScratchFolder, problems);
            return new CocoSource(open, options, tables, order, problems);
        },
        stopping);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RealGroup> ReadAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        await using Stream stream = _open();
        for (int place = 0; place < _tables.Images.Count; place++)
        {
            stopping.ThrowIfCancellationRequested();
            if (_order.Of(place) is { Length: > 0 } entries && TryFind(_tables.Images[place], out string? file)
                && Instances(stream, place, entries, Problems) is { Count: > 0 } instances)
            {
                yield return new RealGroup(_tables.Images[place], file, instances);
            }
        }
    }

    /// <summary>Reads one image with its objects, in any order of images. Safe from several threads.</summary>
    /// <param name="place">The image's place in <see cref="Images"/>.</param>
    /// <returns>The image; no instances where it has none; no file where that is not there. Faults are passed over
    /// without being counted again.</returns>
    /// <exception cref="InvalidDataException">The json has changed since it was opened.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public RealGroup Read(int place)
    {
        RealImage image = _tables.Images[place];
        using Stream stream = _open();
        return new RealGroup(image, FileOf(image), Instances(stream, place, _order.Of(place), new SourceProblems()));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _order.Dispose();
        return ValueTask.CompletedTask;
    }

    private List<RealInstance> Instances(
        Stream stream, int place, AnnotationEntry[] entries, SourceProblems problems)
    {
        List<RealInstance> instances = new(entries.Length);
        HashSet<long> ids = [];
        byte[] text = ArrayPool<byte>.Shared.Rent(entries.Select(entry => entry.Bytes).Append(1).Max());
        try
        {
            foreach (AnnotationEntry entry in entries)
            {
                Read(stream, entry, text);
                Add(instances, ids, entry, text.AsSpan(0, entry.Bytes), _tables.Images[place], problems);
            }

            return instances;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
    }

    private bool TryFind(RealImage image, out string? file)
    {
        file = null;
        if (!ImageFiles.IsInside(image.Name))
        {
            Problems.Add(SourceFault.ImageName, $"image {image.Id}", $"'{image.Name}' leads out of the folder");
            return false;
        }

        file = FileOf(image);
        if (_options.ImageFolder is not null && file is null)
        {
            Problems.Add(SourceFault.ImageMissing, $"image {image.Id}", $"'{image.Name}' is not there");
            return false;
        }

        return true;
    }

    internal string? FileOf(RealImage image) => _options.ImageFolder is null || !ImageFiles.IsInside(image.Name)
        ? null
        : ImageFiles.Find(_options.ImageFolder, image.Name);

    // The file was walked before; if it is another one now, what is read at the old places means nothing.
    private void Read(Stream stream, AnnotationEntry entry, byte[] text)
    {
        stream.Position = entry.Offset;
        int read = stream.ReadAtLeast(text.AsSpan(0, entry.Bytes), entry.Bytes, throwOnEndOfStream: false);
        if (read < entry.Bytes || text[0] != '{' || text[entry.Bytes - 1] != '}')
        {
            throw new InvalidDataException(
                $"{_options.AnnotationsFile}: byte {entry.Offset}, annotations[{entry.Index}]: the file has changed "
                + "while it was read.");
        }
    }

    private void Add(
        List<RealInstance> instances,
        HashSet<long> ids,
        AnnotationEntry entry,
        ReadOnlySpan<byte> text,
        RealImage image,
        SourceProblems problems)
    {
        RealInstance? instance = CocoAnnotation.Read(
            text,
            image,
            _tables.Categories[(int)entry.Category],
            out (SourceFault Reason, string Field, string What) fault);
        if (instance is null)
        {
            problems.Add(fault.Reason, $"annotations[{entry.Index}].{fault.Field}", fault.What);
        }
        else if (!ids.Add(instance.Id))
        {
            problems.Add(SourceFault.DuplicateId, $"annotations[{entry.Index}].id", $"{instance.Id} was used before");
        }
        else
        {
            instances.Add(instance);
        }
    }
}
