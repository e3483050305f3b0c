using Engine.Runtimes.Diffusion.Text;

namespace Engine.Runtimes.Diffusion;

/// <summary>What stays the same for all steps of a batch.</summary>
/// <param name="Texts">One a picture.</param>
/// <param name="Negative">What to steer away from; null when there is no guidance by a second row.</param>
/// <param name="Height">Rows of a latent.</param>
/// <param name="Width">Columns of a latent.</param>
/// <param name="PixelsPerLatent">Pixels along a side for one value of a latent.</param>
/// <param name="Guidance">The guidance scale.</param>
internal sealed record UnetRows(
    IReadOnlyList<TextEncoding> Texts, TextEncoding? Negative, int Height, int Width, int PixelsPerLatent,
    double Guidance)
{
    /// <summary>Pictures.</summary>
    public int Pictures => Texts.Count;

    /// <summary>Rows of the UNet's batch: with guidance, the negative prompt's first and then the prompts'.</summary>
    public int Count => Negative is null ? Pictures : 2 * Pictures;

    /// <summary>The text of a row.</summary>
    public TextEncoding Text(int row) =>
        Negative is null ? Texts[row] : row < Pictures ? Negative : Texts[row - Pictures];
}
