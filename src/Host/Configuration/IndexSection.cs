using Engine.Options;

namespace Host.Configuration;

/// <summary>The index of real pictures.</summary>
internal sealed record IndexSection : ICheckedOptions
{
    /// <summary>The file that headwater index build made, with the model that the embedder section names. Required.
    /// </summary>
    [ConfigPath]
    public string File { get; init; } = "";

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(File))
        {
            yield return new(nameof(File), "is empty; it must name the index file");
        }
    }
}
