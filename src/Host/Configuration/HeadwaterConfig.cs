using Engine.Options;
using Engine.Pipeline;
using Engine.Pipeline.Annotate;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Filter;
using Engine.Pipeline.Generate;
using Engine.Pipeline.Prompts;
using Engine.Pipeline.Record;
using Engine.Store;
using Host.Http;
using Host.Transport;

namespace Host.Configuration;

/// <summary>The whole configuration of a daemon; each section belongs to the room whose options it holds.</summary>
internal sealed record HeadwaterConfig : ICheckedOptions
{
    /// <summary>The run: its name and seed, and how long a drain may take.</summary>
    public RunOptions Run { get; init; } = new();

    /// <summary>What is to be made.</summary>
    public PlanOptions Plan { get; init; } = new();

    /// <summary>What makes the pictures: 1 to 64 generators; each prompt goes to one of them. Required.</summary>
    public IReadOnlyList<GeneratorOptions> Generators { get; init; } = [];

    /// <summary>When a generator counts as broken.</summary>
    public GenerateOptions Generate { get; init; } = new();

    /// <summary>What finds the objects.</summary>
    public AnnotatorOptions Annotator { get; init; } = new();

    /// <summary>How masks are chosen, cleaned and judged.</summary>
    public AnnotateOptions Annotate { get; init; } = new();

    /// <summary>What turns objects into points; without this section no embedder runs.</summary>
    public EmbedderSection? Embedder { get; init; }

    /// <summary>The filter chain, in order. Default none.</summary>
    public IReadOnlyList<FilterOptions> Filters { get; init; } = [];

    /// <summary>The index of real pictures, made by headwater index build; it is opened when a filter asks it.
    /// </summary>
    public IndexSection? Index { get; init; }

    /// <summary>What computes similarities and masks.</summary>
    public KernelOptions Kernels { get; init; } = new();

    /// <summary>How accepted pictures are written.</summary>
    public RecordOptions Record { get; init; } = new();

    /// <summary>Where accepted samples are kept.</summary>
    public StoreOptions Store { get; init; } = new();

    /// <summary>Consumer groups and the window that holds the line back.</summary>
    public DeliverOptions Deliver { get; init; } = new();

    /// <summary>The sockets that samples leave by.</summary>
    public TransportOptions Transport { get; init; } = new();

    /// <summary>Whole training pictures: accepted samples pasted on real pictures (docs/spec/copy-paste.md). Without
    /// this section none are made.</summary>
    public CopyPasteSection? CopyPaste { get; init; }

    /// <summary>Health, metrics, status and prompts over HTTP.</summary>
    public HttpOptions Http { get; init; } = new();

    /// <summary>How each stage is bounded.</summary>
    public PipelineOptions Stages { get; init; } = new();

    /// <summary>Whether a filter compares with the index.</summary>
    public bool AsksIndex() => Filters.Any(filter => filter.Real is not null || filter.Copies is not null);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Store.SampleBytesMax > Transport.SampleBytesMax)
        {
            yield return new(
                nameof(Store),
                $"lets samples of {Store.SampleBytesMax} bytes in, but transport.sample_bytes_max is "
                + $"{Transport.SampleBytesMax}; what is stored must be deliverable");
        }

        if (CopyPaste is { } pictures)
        {
            foreach (OptionProblem problem in (Transport with { Listen = pictures.Listen }).Problems())
            {
                if (problem.Property == nameof(Transport.Listen))
                {
                    yield return new(nameof(CopyPaste), $"listen {problem.Message}");
                }
            }
        }

        if (Generators.Count is < 1 or > 64)
        {
            yield return new(nameof(Generators), $"has {Generators.Count} generators; it must have 1 to 64");
        }

        if (Generators.Select(generator => generator.NameOrKind).Distinct().Count() != Generators.Count)
        {
            yield return new(nameof(Generators), "has two generators of one name; samples and metrics tell them by it");
        }

        if (Filters.Select(filter => filter.Name).Distinct().Count() != Filters.Count)
        {
            yield return new(nameof(Filters), "has two filters of one name; a name is the key of a score");
        }

        if (AsksIndex() && (Index is null || Embedder is null))
        {
            yield return new(
                nameof(Filters),
                "compares with the index of real pictures, which needs an index and an embedder section");
        }

        if (Embedder?.Crop?.Recipe == EmbedderRecipe.Index && !AsksIndex())
        {
            yield return new(
                nameof(Embedder),
                "has crop.recipe index, but no filter asks the index (real or copies), so it stays closed; state "
                + "another recipe");
        }

        if (Embedder is null && Filters.Any(filter =>
            filter.Prototypes is not null || filter.Text is not null || filter.Duplicates is not null))
        {
            yield return new(nameof(Filters), "compares pictures, which needs an embedder section");
        }
    }
}
