using Engine.Crops;
using Engine.Pipeline.Annotate;
using Engine.Pipeline.Filter;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Folder;
using Engine.Runtimes.Gan;
using Engine.Runtimes.Heads;
using Engine.Runtimes.Library;
using Engine.Runtimes.Onnx;
using Engine.Runtimes.Real;
using Engine.Runtimes.Remote;
using Engine.Runtimes.Salient;
using Engine.Runtimes.Sam;
using Engine.Store;
using Host.Configuration;
using Kernels.Device;

namespace Host.Composition;

/// <summary>Which runtime answers which port: the one place that knows.</summary>
internal sealed class Runtimes : IDisposable
{
    private readonly Stack<IDisposable> _owned = []; // In the order they were made.
    private readonly TimeProvider _clock;
    private readonly Action<string> _say;
    private ITextEmbedder? _textEmbedder;

    private Runtimes(TimeProvider clock, Action<string> say) => (_clock, _say) = (clock, say);

    /// <summary>What makes the pictures.</summary>
    public IReadOnlyList<GeneratorShare> Generators { get; private set; } = [];

    /// <summary>What finds the objects.</summary>
    public IMaskPredictor Predictor { get; private set; } = null!;

    /// <summary>What turns objects into points; null when none is configured.</summary>
    public IImageEmbedder? Embedder { get; private set; }

    /// <summary>The embed stage's step: the embedder, and how pictures are prepared for it.</summary>
    public EmbedStep Embed { get; private set; } = new(null, CropRecipe.WholeOnBlack);

    /// <summary>Names model and treatment of embeddings that are to be kept with the samples; null where no filter
    /// needs them again.</summary>
    public string? EmbeddingRevision { get; private set; }

    /// <summary>The links of the filter chain, in order.</summary>
    public IReadOnlyList<IFilter> Filters { get; private set; } = [];

    /// <summary>Loads every model of a configuration.</summary>
    /// <param name="config">A configuration without problems.</param>
    /// <param name="clock">Times what runtimes wait for.</param>
    /// <param name="say">Told what a person should know, a line each.</param>
    /// <param name="stopping">Ends the loading.</param>
    /// <exception cref="IOException">A library or file is missing or unreadable.</exception>
    /// <exception cref="InvalidDataException">A library holds no picture.</exception>
    /// <exception cref="ModelException">A model is missing, unreadable or of another role.
    /// </exception>
    public static async Task<Runtimes> LoadAsync(
        HeadwaterConfig config, TimeProvider clock, Action<string> say, CancellationToken stopping)
    {
        Runtimes runtimes = new(clock, say);
        try
        {
            await runtimes.LoadAsync(config, stopping).ConfigureAwait(false);
            return runtimes;
        }
        catch
        {
            runtimes.Dispose();
            throw;
        }
    }

    /// <summary>Loads the embedder and the filters alone: what judges a picture that is there already.</summary>
    /// <param name="config">A configuration without problems.</param>
    /// <param name="say">Told what a person should know, a line each.</param>
    /// <param name="stopping">Ends the loading.</param>
    /// <exception cref="IOException">A file is missing or unreadable.</exception>
    /// <exception cref="InvalidDataException">The index does not fit the configuration.</exception>
    /// <exception cref="ModelException">A model is missing, unreadable or of another role.</exception>
    public static async Task<Runtimes> LoadJudgesAsync(
        HeadwaterConfig config, Action<string> say, CancellationToken stopping)
    {
        Runtimes runtimes = new(TimeProvider.System, say);
        try
        {
            await runtimes.LoadFiltersAsync(config, stopping).ConfigureAwait(false);
            return runtimes;
        }
        catch
        {
            runtimes.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_owned.TryPop(out IDisposable? last))
        {
            last.Dispose();
        }
    }

    private async Task LoadAsync(HeadwaterConfig config, CancellationToken stopping)
    {
        List<GeneratorShare> generators = [];
        foreach (GeneratorOptions options in config.Generators)
        {
            generators.Add(new(Own(await OpenAsync(options, stopping).ConfigureAwait(false)), options.Weight));
        }

        Generators = generators;
        Predictor = Own(Predict(config.Annotator));
        await LoadFiltersAsync(config, stopping).ConfigureAwait(false);
        SayWhatComputes();
    }

    private async Task LoadFiltersAsync(HeadwaterConfig config, CancellationToken stopping)
    {
        if (config.Embedder is { } embedder)
        {
            Embedder = Own(await OnnxImageEmbedder
                .LoadAsync(embedder.Name, embedder.Model, stopping).ConfigureAwait(false));
            if (config.Filters.Any(AsksText))
            {
                _textEmbedder = Own(await OnnxTextEmbedder.LoadAsync(embedder.Model, stopping).ConfigureAwait(false));
            }
        }

        IKernelDevice? device = config.Filters.Any(filter =>
            filter.Real is not null || filter.Copies is not null || filter.Duplicates is not null)
                ? Own(config.Kernels.Open(_say)) : null;
        IndexPictures? real = config.AsksIndex() ? OpenIndex(config.Index!, device!) : null;
        Prepare(config, real?.Recipe);
        List<IFilter> filters = [];
        foreach (FilterOptions filter in config.Filters)
        {
            filters.Add(
                filter.Prototypes is { } prototypes
                    ? await PrototypesAsync(filter, prototypes, stopping).ConfigureAwait(false)
                : filter.Real is not null ? await RealAsync(filter, real!, stopping).ConfigureAwait(false)
                : filter.Copies is not null ? new CopyFilter(filter, real!)
                : filter.Duplicates is { } duplicates ? new DuplicateFilter(filter, Own(new AcceptedObjects(
                    filter.Name, Embedder!.Width, duplicates.RowsMax, device!, _say)))
                : filter.Head is { } head ? new HeadFilter(filter, Own(await OnnxHead.LoadAsync(
                    filter.Name, head, Embedder?.Width ?? 0, config.Embedder?.Model.Onnx ?? new(), stopping)
                    .ConfigureAwait(false)))
                : filter.Text is not null ? await TextFilter.MakeAsync(filter, _textEmbedder!, stopping)
                    .ConfigureAwait(false)
                : new ThresholdFilter(filter));
        }

        Filters = filters;
    }

    private void Prepare(HeadwaterConfig config, string? indexRecipe)
    {
        if (config.Embedder is null)
        {
            return;
        }

        CropRecipe recipe = EmbedTreatment.Of(config.Embedder, indexRecipe, _say);
        Embed = new EmbedStep(Embedder, recipe);
        EmbeddingRevision = config.Filters.Any(filter => filter.Duplicates is not null)
            ? $"{((OnnxImageEmbedder)Embedder!).Revision} {EmbedTreatment.NameOf(recipe)}" : null;
    }

    /// <summary>Brings back what filters remember of a store's samples.</summary>
    /// <param name="store">The store.</param>
    /// <param name="stopping">Ends it.</param>
    /// <exception cref="InvalidDataException">Too many samples would have to be embedded anew.</exception>
    public async Task RestoreAsync(SampleStore store, CancellationToken stopping)
    {
        DuplicateFilter[] filters = [.. Filters.OfType<DuplicateFilter>()];
        if (filters.Length == 0)
        {
            return;
        }

        RestoredSamples restored = await new AcceptedRestore(store, Embed, EmbeddingRevision!, _say)
            .RunAsync(filters, stopping).ConfigureAwait(false);
        foreach (string line in restored.LeftOut)
        {
            _say($"left out: {line}");
        }

        string held = string.Join(", ", filters.Select(filter => $"{filter.Name} {filter.Objects.Rows}"));
        _say($"accepted samples remembered: {held}; {restored.Rebuilt} embedded anew, "
            + $"{restored.LeftOutCount} left out");
    }

    /// <summary>Says once of every provider that was preferred and did not load why, and what runs elsewhere for it.
    /// </summary>
    private void SayWhatComputes()
    {
        var passedOver = _owned.OfType<IProviderChoice>().Reverse()
            .SelectMany(part => part.PassedOver.Select(line => (Line: line, Runs: $"{part.Name} on {part.Provider}")));
        foreach (var same in passedOver.GroupBy(one => one.Line, one => one.Runs))
        {
            _say($"passed over: {same.Key.TrimEnd('.')}; {string.Join(", ", same)}");
        }
    }

    private async Task<IImageGenerator> OpenAsync(GeneratorOptions options, CancellationToken stopping) =>
        options.Kind switch
        {
            GeneratorKind.Library => LibraryGenerator.Open(options.NameOrKind, options.Library!),
            GeneratorKind.Diffusion => await DiffusionGenerator
                .LoadAsync(options.NameOrKind, options.Diffusion!, _say, stopping).ConfigureAwait(false),
            GeneratorKind.Remote => RemoteGenerator.Open(options.NameOrKind, options.Remote!, _clock),
            GeneratorKind.Gan => await GanGenerator.LoadAsync(options.NameOrKind, options.Gan!, stopping)
                .ConfigureAwait(false),
            GeneratorKind.Folder => await FolderGenerator
                .OpenAsync(options.NameOrKind, options.Folder!, _clock, stopping).ConfigureAwait(false),
            _ => throw new InvalidOperationException($"Nothing makes generators of kind {options.Kind}."),
        };

    private static IMaskPredictor Predict(AnnotatorOptions options) => options.Kind == AnnotatorKind.Sam
        ? SamPredictor.Load(options.Name.Length > 0 ? options.Name : "sam", options.Sam!)
        : SalientPredictor.Load(options.Name.Length > 0 ? options.Name : "salient", options.Salient!);

    private IndexPictures OpenIndex(IndexSection section, IKernelDevice device)
    {
        OnnxImageEmbedder embedder = (OnnxImageEmbedder)Embedder!;
        IndexPictures index = Own(IndexPictures.Open(section.File, device, embedder.Revision, embedder.Width));
        _say($"index {section.File}: {index.Rows} real pictures of {index.Categories} categories, searched by "
            + $"{device.Kind}, {device.Name}");
        return index;
    }

    private static bool AsksText(FilterOptions filter) => (filter.Text ?? FallBackText(filter)) is not null;

    private static TextOptions? FallBackText(FilterOptions filter) =>
        filter.Real is { Missing: MissingCategory.FallBack } real ? real.FallBack.Text : null;

    private async Task<RealFilter> RealAsync(FilterOptions filter, IRealPictures real, CancellationToken stopping) =>
        new(filter, real, FallBackText(filter) is { } text
            ? await TextScore.MakeAsync(text, _textEmbedder!, stopping).ConfigureAwait(false)
            : null);

    private async Task<PrototypeFilter> PrototypesAsync(
        FilterOptions filter, PrototypeOptions real, CancellationToken stopping)
    {
        CategoryPrototypes prototypes = await CategoryPrototypes
            .LoadAsync(real.Folder, real.PicturesMax, Embedder!, stopping).ConfigureAwait(false);
        foreach (string skipped in prototypes.Skipped)
        {
            _say($"left out: {skipped}");
        }

        _say($"filter {filter.Name}: {prototypes.Pictures} real pictures of {prototypes.Categories} categories, "
            + $"{prototypes.SkippedCount} left out");
        return new PrototypeFilter(filter, prototypes);
    }

    private T Own<T>(T made)
        where T : IDisposable
    {
        _owned.Push(made);
        return made;
    }
}
