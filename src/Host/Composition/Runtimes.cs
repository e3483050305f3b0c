using Engine.Pipeline.Annotate;
using Engine.Pipeline.Filter;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Library;
using Engine.Runtimes.Salient;
using Engine.Runtimes.Sam;
using Host.Configuration;

namespace Host.Composition;

/// <summary>Which runtime answers which port: the one place that knows.</summary>
/// <param name="Generator">What makes the pictures.</param>
/// <param name="Predictor">What finds the objects.</param>
/// <param name="Embedder">What turns objects into points; null when none is configured.</param>
internal sealed record Runtimes(IImageGenerator Generator, IMaskPredictor Predictor, IImageEmbedder? Embedder)
    : IDisposable
{
    /// <summary>Loads every model of a configuration.</summary>
    /// <param name="config">A configuration without problems.</param>
    /// <param name="stopping">Ends the loading.</param>
    /// <exception cref="IOException">A library or file is missing or unreadable.</exception>
    /// <exception cref="InvalidDataException">A library holds no picture.</exception>
    /// <exception cref="Engine.Runtimes.Onnx.ModelException">A model is missing, unreadable or of another role.
    /// </exception>
    public static async Task<Runtimes> LoadAsync(HeadwaterConfig config, CancellationToken stopping)
    {
        LibraryGenerator generator = LibraryGenerator.Open(config.Generator.Name, config.Generator.Library);
        IMaskPredictor? predictor = null;
        try
        {
            predictor = Predict(config.Annotator);
            IImageEmbedder? embedder = config.Embedder is { } section
                ? await OnnxImageEmbedder.LoadAsync(section.Name, section.Model, stopping).ConfigureAwait(false)
                : null;
            return new Runtimes(generator, predictor, embedder);
        }
        catch
        {
            predictor?.Dispose();
            generator.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Generator.Dispose();
        Predictor.Dispose();
        Embedder?.Dispose();
    }

    private static IMaskPredictor Predict(AnnotatorOptions options) => options.Kind == AnnotatorKind.Sam
        ? SamPredictor.Load(options.Name.Length > 0 ? options.Name : "sam", options.Sam!)
        : SalientPredictor.Load(options.Name.Length > 0 ? options.Name : "salient", options.Salient!);
}
