using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Generate;

namespace Engine.Runtimes.Library;

/// <summary>The retrieval arm: answers a prompt with a picture of its category, composed on white by seed.</summary>
/// <remarks>X-Paste (Zhao et al., ICML 2023) has such an arm beside its generators. The picture's own alpha never
/// leaves here by <see cref="GenerateAsync"/>: the sample's mask is what the annotator finds.</remarks>
public sealed class LibraryGenerator : IImageGenerator
{
    // A choice by the numbers that compose would always give a category's first picture the smallest scale.
    private const ulong ChoiceStream = 0x6C69627261727931;

    private readonly LibraryOptions _options;
    private readonly ILibrarySource _source;
    private readonly LibraryIndex _index;

    private LibraryGenerator(string name, LibraryOptions options, ILibrarySource source, LibraryIndex index) =>
        (Name, _options, _source, _index) = (name, options, source, index);

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int BatchMax => _options.BatchMax;

    /// <inheritdoc/>
    public long PictureBytesMax => 3L * _options.PictureSidePx * _options.PictureSidePx;

    /// <summary>Every picture, by path.</summary>
    public IReadOnlyList<LibraryEntry> Entries => _index.Entries;

    /// <summary>Opens a library and names its pictures; decodes none of them.</summary>
    /// <param name="name">The configured name, for lineage and metrics.</param>
    /// <param name="options">Where the pictures are and how they are composed.</param>
    /// <returns>The generator; the caller disposes it.</returns>
    /// <exception cref="IOException">The source is missing, cannot be read or holds too much.</exception>
    /// <exception cref="InvalidDataException">The source holds no picture, is damaged, or the names are not
    /// readable.</exception>
    public static LibraryGenerator Open(string name, LibraryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ILibrarySource source = OpenSource(options);
        try
        {
            LibraryNames names = options.Names.Length == 0 ? LibraryNames.None : LibraryNames.Load(options.Names);
            IReadOnlyList<string> pictures = source.List(options.EntriesMax);
            if (pictures.Count > options.EntriesMax)
            {
                throw new IOException($"{options.Source} holds more than {options.EntriesMax} pictures (entries_max)");
            }

            LibraryEntry[] entries = [.. pictures.Select(names.Entry)];
            return entries.Length > 0
                ? new LibraryGenerator(name, options, source, new LibraryIndex(entries))
                : throw new InvalidDataException($"{options.Source} holds no picture (png, jpeg, webp, gif, tiff)");
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<Outcome<Generated>>> GenerateAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        Outcome<Generated>[] outcomes = new Outcome<Generated>[prompts.Count];
        for (int i = 0; i < outcomes.Length; i++)
        {
            stopping.ThrowIfCancellationRequested();
            outcomes[i] = Generate(prompts[i]);
        }

        return ValueTask.FromResult<IReadOnlyList<Outcome<Generated>>>(outcomes);
    }

    /// <summary>Composes one picture, with its exact alpha: for tests and quality figures only.</summary>
    /// <param name="entry">One of <see cref="Entries"/>.</param>
    /// <param name="seed">Picks scale, turn and shift.</param>
    /// <returns>The picture and its alpha.</returns>
    /// <exception cref="ImageException">The source picture is damaged or over a limit.</exception>
    /// <exception cref="IOException">The source picture cannot be read or has too many bytes.</exception>
    /// <remarks>Deterministic by entry, seed and options, whatever else is made at the same time. The numbers are
    /// SplitMix64's from the seed, in this order: scale, turn, shift across, shift down.</remarks>
    public LibraryComposition Compose(LibraryEntry entry, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(entry);
        byte[] file = _source.Read(entry.Path, _options.Limits.BytesMax);
        (RgbImage image, byte[] alpha) = ImageCodec.DecodeRgba(file, _options.Limits);
        return LibraryComposer.Compose(entry, image, alpha, _options, seed);
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private static ILibrarySource OpenSource(LibraryOptions options)
    {
        if (Directory.Exists(options.Source))
        {
            return new FolderSource(options.Source);
        }

        if (!File.Exists(options.Source))
        {
            throw new FileNotFoundException($"the library {options.Source} is neither a folder nor a file");
        }

        return ArchiveSource.IsArchive(options.Source)
            ? ArchiveSource.Open(options)
            : throw new InvalidDataException($"{options.Source} is no folder and no .zip, .tar, .tar.gz or .tgz");
    }

    private Outcome<Generated> Generate(Prompt prompt)
    {
        IReadOnlyList<LibraryEntry> found = _index.Find(prompt.Category, prompt.Text);
        if (found.Count == 0)
        {
            return Outcome.Drop<Generated>(RejectReason.NoSource, $"no picture of '{prompt.Category}'");
        }

        SeededRandom random = new(prompt.Seed ^ ChoiceStream);
        LibraryEntry entry = found[random.Below(found.Count)];
        try
        {
            LibraryComposition made = Compose(entry, prompt.Seed);
            return Outcome.Keep(new Generated(made.Image, made.Lineage));
        }
        catch (Exception cause) when (cause is ImageException or IOException or UnauthorizedAccessException)
        {
            return Outcome.Drop<Generated>(RejectReason.BadImage, $"{entry.Path}: {cause.Message}");
        }
    }
}
