using Engine.Options;
using Engine.Runtimes.Library;

namespace Host.Configuration;

/// <summary>What makes the pictures.</summary>
internal sealed record GeneratorOptions : ICheckedOptions
{
    /// <summary>Its name in samples and metrics. 1 to 64 characters. Default "library".</summary>
    public string Name { get; init; } = "library";

    /// <summary>The retrieval arm: pictures of a library, composed by seed.</summary>
    public LibraryOptions Library { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (Name.Length is < 1 or > 64)
        {
            yield return new(nameof(Name), $"has {Name.Length} characters; it must have 1 to 64");
        }
    }
}
