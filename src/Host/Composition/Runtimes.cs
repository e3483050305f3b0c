using Engine.Pipeline.Annotate;
using Engine.Pipeline.Filter;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Library;
using Engine.Runtimes.Salient;
using Engine.Runtimes.Sam;
using Host.Configuration;

namespace Host.Composition;

/// <summary>Which runtime answers which port: the one place that knows.</summary>
/// <param name="Generators">What makes the pictures.</param>
/// <param name="Predictor">What finds the objects.</param>
/// <param name="Embedder">What turns objects into points; null when none is configured.</param>
/// <param name="Filters">The links of the filter chain, in order.</param>
internal sealed record Runtimes(
    IReadOnlyList<GeneratorShare> Generators, IMaskPredictor Predictor, IImageEmbedder? Embedder,
    IReadOnlyList<IFilter> Filters)
    : IDisposable
{
    /// <summary>Loads every model of a configuration.</summary>
    /// <param name="config">A configuration without problems.</param>
    /// <param name="say">Told what a person should know, a line each.</param>
    /// <param name="stopping">Ends the loading.</param>
    /// <exception cref="IOException">A library or file is missing or unreadable.</exception>
    /// <exception cref="InvalidDataException">A library holds no picture.</exception>
    /// <exception cref="Engine.Runtimes.Onnx.ModelException">A model is missing, unreadable or of another role.
    /// </exception>
    public static async Task<Runtimes> LoadAsync(
        HeadwaterConfig config, Action<string> say, CancellationToken stopping)
    {
        List<GeneratorShare> generators = [];
        IMaskPredictor? predictor = null;
        OnnxImageEmbedder? embedder = null;
        try
        {
            foreach (GeneratorOptions one in config.Generators)
            {
                generators.Add(new(await OpenAsync(one, say, stopping).ConfigureAwait(false), one.Weight));
            }

            predictor = Predict(config.Annotator);
            embedder = config.Embedder is { } section
                ? await OnnxImageEmbedder.LoadAsync(section.Name, section.Model, stopping).ConfigureAwait(false)
                : null;
            List<IFilter> filters = [];
            foreach (FilterOptions filter in config.Filters)
            {
                filters.Add(filter.Prototypes is { } real
                    ? new PrototypeFilter(filter, await RealAsync(filter.Name, real).ConfigureAwait(false))
                    : new ThresholdFilter(filter));
            }

            return new Runtimes(generators, predictor, embedder, filters);
        }
        catch
        {
            embedder?.Dispose();
            predictor?.Dispose();
            generators.ForEach(share => share.Generator.Dispose());
            throw;
        }

        async Task<CategoryPrototypes> RealAsync(string name, PrototypeOptions real)
        {
            CategoryPrototypes prototypes = await CategoryPrototypes
                .LoadAsync(real.Folder, real.PicturesMax, embedder!, stopping).ConfigureAwait(false);
            foreach (string skipped in prototypes.Skipped)
            {
                say($"left out: {skipped}");
            }

            say($"filter {name}: {prototypes.Pictures} real pictures of {prototypes.Categories} categories, "
                + $"{prototypes.SkippedCount} left out");
            return prototypes;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (GeneratorShare share in Generators)
        {
            share.Generator.Dispose();
        }

        Predictor.Dispose();
        Embedder?.Dispose();
    }

    private static async Task<IImageGenerator> OpenAsync(
        GeneratorOptions options, Action<string> say, CancellationToken stopping) => options.Kind switch
    {
        GeneratorKind.Library => LibraryGenerator.Open(options.NameOrKind, options.Library!),
        GeneratorKind.Diffusion => await DiffusionGenerator
            .LoadAsync(options.NameOrKind, options.Diffusion!, say, stopping).ConfigureAwait(false),
        _ => throw new InvalidOperationException($"Nothing makes generators of kind {options.Kind}."),
    };

    private static IMaskPredictor Predict(AnnotatorOptions options) => options.Kind == AnnotatorKind.Sam
        ? SamPredictor.Load(options.Name.Length > 0 ? options.Name : "sam", options.Sam!)
        : SalientPredictor.Load(options.Name.Length > 0 ? options.Name : "salient", options.Salient!);
}
