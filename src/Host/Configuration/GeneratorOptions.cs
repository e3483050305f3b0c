using Engine.Options;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Folder;
using Engine.Runtimes.Gan;
using Engine.Runtimes.Library;
using Engine.Runtimes.Remote;

namespace Host.Configuration;

/// <summary>One of the generators that make the pictures.</summary>
internal sealed record GeneratorOptions : ICheckedOptions
{
    /// <summary>Its name in samples and metrics; unique. Empty for the kind's. At most 64 characters. Default empty.
    /// </summary>
    public string Name { get; init; } = "";

    /// <summary>Its kind; the section of that name must be there. Default library.</summary>
    public GeneratorKind Kind { get; init; }

    /// <summary>Its part of the prompts, as a ratio to the others' weights; which prompts are its own depends on their
    /// seeds. Above 0, to 1,000,000. Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The retrieval arm: pictures of a library, composed by seed.</summary>
    public LibraryOptions? Library { get; init; }

    /// <summary>A text-to-image model of the Stable Diffusion family, in ONNX.</summary>
    public DiffusionOptions? Diffusion { get; init; }

    /// <summary>A server: OpenAI's image API or AUTOMATIC1111's.</summary>
    public RemoteOptions? Remote { get; init; }

    /// <summary>An ONNX model that makes a picture of noise, and of a class where it has classes.</summary>
    public GanOptions? Gan { get; init; }

    /// <summary>Pictures made elsewhere, in a folder that is watched.</summary>
    public FolderOptions? Folder { get; init; }

    /// <summary>The name given, or the kind's.</summary>
    internal string NameOrKind => Name.Length > 0 ? Name : ConfigNames.Snake($"{Kind}");

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Name.Length > 64)
        {
            yield return new(nameof(Name), $"has {Name.Length} characters; it may have 64");
        }

        if (!(Weight is > 0 and <= 1_000_000))
        {
            yield return new(nameof(Weight), $"is {Weight}; it must be above 0, to 1000000");
        }

        if (Section is null)
        {
            yield return new($"{Kind}", $"is missing; a generator of kind {ConfigNames.Snake($"{Kind}")} needs it");
        }
    }

    private object? Section => Kind switch
    {
        GeneratorKind.Library => Library,
        GeneratorKind.Diffusion => Diffusion,
        GeneratorKind.Remote => Remote,
        GeneratorKind.Gan => Gan,
        GeneratorKind.Folder => Folder,
        _ => null,
    };
}
