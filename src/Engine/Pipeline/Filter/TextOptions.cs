using Engine.Options;

namespace Engine.Pipeline.Filter;

/// <summary>The text that a filter compares pictures with.</summary>
public sealed record TextOptions : ICheckedOptions
{
    private const int AgainstMax = 10_000;

    /// <summary>The text of a category; {name} is its name. 1 to 1,024 characters, with {name} in it. Default
    /// "a photo of a {name}".</summary>
    public string Template { get; init; } = "a photo of a {name}";

    /// <summary>Names of categories, up to 10,000: the score is then the cosine to the own category's text less the
    /// highest to another's, so that 0 says that the picture shows the own one rather than another. Empty: the cosine
    /// itself. Default empty.</summary>
    public IReadOnlyList<string> Against { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (!Template.Contains("{name}", StringComparison.Ordinal) || Template.Length > 1024)
        {
            yield return new(
                nameof(Template), $"is '{Template}'; it must hold {{name}} and have up to 1024 characters");
        }

        if (Against.Count > AgainstMax || Against.Any(string.IsNullOrWhiteSpace))
        {
            yield return new(
                nameof(Against), $"has {Against.Count} names; it may have {AgainstMax}, and none of them empty");
        }
    }
}
