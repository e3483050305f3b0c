namespace Engine.Pipeline.Annotate;

/// <summary>One mask a model proposes, before it is brought to the picture's size and cleaned.</summary>
/// <param name="Logits">[height, width] f32, finite, above 0 where the object is. Covers the whole picture.</param>
/// <param name="Width">Columns of the logits; need not be the picture's.</param>
/// <param name="Height">Rows of the logits.</param>
/// <param name="PredictedIou">The model's own estimate of the IoU, about 0 to 1; NaN when it gives none.</param>
public sealed record MaskCandidate(float[] Logits, int Width, int Height, double PredictedIou)
{
    /// <summary>Px by which masks of this kind of model reach too far all around, of a picture whose longer side is
    /// 512 px; measured, 0 to 16. What <see cref="AnnotateOptions.ErodePx"/> takes off unless it says otherwise.
    /// </summary>
    public int TooWidePx { get; init; }
}
