namespace Engine.Items;

/// <summary>What a generator made of one prompt.</summary>
/// <param name="Prompt">The try it answers.</param>
/// <param name="Image">The picture, RGB.</param>
/// <param name="Generator">The generator's configured name.</param>
/// <param name="Lineage">What is needed to make it again: model, steps, source picture ...; at most 64 entries.</param>
public sealed record Picture(
    Prompt Prompt, RgbImage Image, string Generator, IReadOnlyDictionary<string, string> Lineage)
{
    /// <summary>What the picture weighs in a stage's byte account.</summary>
    public long Bytes => Prompt.Bytes + Image.Bytes + 512;
}
