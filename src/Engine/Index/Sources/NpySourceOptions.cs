using Engine.Options;

namespace Engine.Index.Sources;

/// <summary>Where embeddings are that exist already, as numpy saves them.</summary>
public sealed record NpySourceOptions : ICheckedOptions
{
    /// <summary>A .npy file, or a .npz file that holds one (told apart by the first bytes). Required.</summary>
    [ConfigPath]
    public string EmbeddingsFile { get; init; } = "";

    /// <summary>A json array, or an object with such an array as "rows": {"id", "category"} of each row. Required.
    /// </summary>
    [ConfigPath]
    public string IdsFile { get; init; } = "";

    /// <summary>The array's name within a .npz file. Default "embeddings".</summary>
    public string Array { get; init; } = "embeddings";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(EmbeddingsFile))
        {
            yield return new(nameof(EmbeddingsFile), "is empty; it must name a .npy or .npz file");
        }

        if (string.IsNullOrWhiteSpace(IdsFile))
        {
            yield return new(nameof(IdsFile), "is empty; it must name the json of ids");
        }

        if (string.IsNullOrWhiteSpace(Array))
        {
            yield return new(nameof(Array), "is empty; it must name an array of the .npz file");
        }
    }
}
