using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Sam;

/// <summary>Turns the decoder's masks of the background into candidates of the object.</summary>
internal static class SamMasks
{
    // SAM leaves a seam of its own mask's resolution, 1 px of 256, between the background and the object: the best
    // erosion was 1 px on pictures of 256 px, 2 of 512 and 3 to 4 of 1,024 (docs/performance.d/masks.md).
    private const int TooWidePx = 2;

    /// <summary>Reads every mask but those the layout skips, inverted.</summary>
    /// <param name="decoder">The layout.</param>
    /// <param name="masks">[..., masks, height, width] f32 logits.</param>
    /// <param name="scores">[..., masks] f32 predicted IoU.</param>
    /// <param name="frame">How the picture lies in the frame.</param>
    /// <returns>The candidates, or a drop when a logit or a score is not finite.</returns>
    public static Outcome<IReadOnlyList<MaskCandidate>> Read(
        SamDecoder decoder, OrtValue masks, OrtValue scores, SamFrame frame)
    {
        long[] shape = masks.GetTensorTypeAndShape().Shape;
        ReadOnlySpan<float> logits = masks.GetTensorDataAsSpan<float>();
        ReadOnlySpan<float> ious = scores.GetTensorDataAsSpan<float>();
        if (shape.Length < 3 || ious.Length != shape[^3] || logits.Length != shape[^3] * shape[^2] * shape[^1])
        {
            throw decoder.Model.WrongRole(
                $"it gave {ious.Length} scores for masks [{string.Join(", ", shape)}] of one picture");
        }

        (int count, int height, int width) = ((int)shape[^3], (int)shape[^2], (int)shape[^1]);
        List<MaskCandidate> candidates = new(count);
        for (int index = decoder.Skip(count); index < count; index++)
        {
            ReadOnlySpan<float> mask = logits.Slice(index * height * width, height * width);
            if (!float.IsFinite(ious[index]) || !IsFinite(mask))
            {
                return Outcome.Drop<IReadOnlyList<MaskCandidate>>(
                    RejectReason.NonFinite, $"mask {index} or its predicted IoU {ious[index]} is not finite");
            }

            (float[] covering, int columns, int rows) = decoder.Cover(mask, width, height, frame);
            System.Numerics.Tensors.TensorPrimitives.Negate(covering, covering);
            candidates.Add(new MaskCandidate(covering, columns, rows, ious[index]) { TooWidePx = TooWidePx });
        }

        return Outcome.Keep<IReadOnlyList<MaskCandidate>>(candidates);
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
