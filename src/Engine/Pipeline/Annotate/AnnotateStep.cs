using System.Buffers;
using Engine.Flow;
using Engine.Items;
using Engine.Options;
using Kernels.Masks;

namespace Engine.Pipeline.Annotate;

/// <summary>The annotate stage: pictures in, pictures with the mask of their one object out.</summary>
/// <remarks>
/// Steps: (1) the predictor proposes masks; (2) one is chosen; (3) its logits are brought to the picture's size and
/// what is above 0 becomes the mask; (4) it is cleaned; (5) it is measured; (6) the gates. Gates in order, cheapest
/// first: blank, then after (2) nonfinite and predicted_iou_low, then after (5) empty, area_low, area_high,
/// touches_border, background_not_plain. A gate lets pass what is within its bound, so a NaN never passes.
/// </remarks>
public sealed class AnnotateStep
{
    private readonly IMaskPredictor _predictor;
    private readonly AnnotateOptions _options;

    /// <summary>Makes the stage's step.</summary>
    /// <param name="predictor">What finds the object; owned by the caller.</param>
    /// <param name="options">Choice, cleaning and gates.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public AnnotateStep(IMaskPredictor predictor, AnnotateOptions options)
    {
        ArgumentNullException.ThrowIfNull(predictor);
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        (_predictor, _options) = (predictor, options);
    }

    /// <summary>Annotates one picture. Safe to call from several workers at once.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>The picture with its mask, or a drop with the value and the bound.</returns>
    public async ValueTask<Outcome<Annotated>> RunAsync(Picture picture, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (picture.Image.IsOfOneColour)
        {
            return Outcome.Drop<Annotated>(RejectReason.Blank, "every pixel has one colour");
        }

        Outcome<IReadOnlyList<MaskCandidate>> proposed =
            await _predictor.PredictAsync(picture.Image, stopping).ConfigureAwait(false);
        return proposed.DropReason is { } reason
            ? Outcome.Drop<Annotated>(reason, proposed.Detail)
            : Judge(picture, proposed.Value!);
    }

    private Outcome<Annotated> Judge(Picture picture, IReadOnlyList<MaskCandidate> candidates)
    {
        int index = Choose(candidates);
        MaskCandidate chosen = candidates[index];
        if (!Array.TrueForAll(chosen.Logits, float.IsFinite))
        {
            return Outcome.Drop<Annotated>(RejectReason.NonFinite, $"mask {index} of {_predictor.Name} is not finite");
        }

        if (!double.IsNaN(chosen.PredictedIou) && !(chosen.PredictedIou >= _options.PredictedIouMin))
        {
            return Outcome.Drop<Annotated>(
                RejectReason.PredictedIouLow, $"{chosen.PredictedIou:F4} is below {_options.PredictedIouMin}");
        }

        RgbImage image = picture.Image;
        byte[] values = MaskOf(chosen, image);
        int parts = MaskMeasures.Of(values, image.Width, image.Height).Components;
        MaskCleaning.Run(values, image.Width, image.Height, chosen.TooWidePx, _options);
        MaskMeasures measures = MaskMeasures.Of(values, image.Width, image.Height);
        int deviation = BackgroundDeviation(image, values);
        double areaRatio = (double)measures.AreaPx / values.Length;
        return Refuse(measures, areaRatio, deviation) is { } refusal
            ? refusal
            : Outcome.Keep(new Annotated
            {
                Picture = picture,
                Mask = new BinaryMask(image.Width, image.Height, values),
                Box = new Box(measures.Left, measures.Top, measures.Width, measures.Height),
                AreaPx = measures.AreaPx,
                Annotator = _predictor.Name,
                PredictedIou = chosen.PredictedIou,
                Measures = new Dictionary<string, double>
                {
                    ["area_ratio"] = areaRatio,
                    ["border_px"] = measures.BorderPx,
                    ["background_deviation"] = deviation,
                    ["parts"] = parts,
                    ["mask_index"] = index,
                },
            });
    }

    private int Choose(IReadOnlyList<MaskCandidate> candidates)
    {
        if (_options.MaskChoice == MaskChoice.Index)
        {
            return Math.Min(_options.MaskIndex, candidates.Count - 1);
        }

        int best = 0;
        for (int index = 1; index < candidates.Count; index++)
        {
            best = candidates[index].PredictedIou > candidates[best].PredictedIou ? index : best;
        }

        return best;
    }

    private static byte[] MaskOf(MaskCandidate chosen, RgbImage image)
    {
        int count = image.Width * image.Height;
        float[] rented = ArrayPool<float>.Shared.Rent(count);
        try
        {
            Span<float> logits = rented.AsSpan(0, count);
            BilinearUpsample.Run(chosen.Logits, chosen.Width, chosen.Height, logits, image.Width, image.Height);
            byte[] values = new byte[count];
            Threshold.Run(logits, 0, values);
            return values;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private int BackgroundDeviation(RgbImage image, byte[] mask)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(mask.Length);
        try
        {
            Span<byte> fat = rented.AsSpan(0, mask.Length);
            mask.CopyTo(fat);
            int gapPx = AnnotateOptions.Scale(_options.BackgroundGapPx, image.Width, image.Height);
            Morphology.Dilate(fat, image.Width, image.Height, gapPx);
            return ColourSpread.Outside(image.Pixels, fat, _options.BackgroundPart);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private Outcome<Annotated>? Refuse(MaskMeasures measures, double areaRatio, int deviation)
    {
        AnnotateOptions bounds = _options;
        if (measures.AreaPx == 0)
        {
            return Outcome.Drop<Annotated>(RejectReason.Empty, "nothing is left of the mask");
        }

        if (!(areaRatio >= bounds.AreaRatioMin))
        {
            return Outcome.Drop<Annotated>(RejectReason.AreaLow, $"{areaRatio:F4} is below {bounds.AreaRatioMin}");
        }

        if (!(areaRatio <= bounds.AreaRatioMax))
        {
            return Outcome.Drop<Annotated>(RejectReason.AreaHigh, $"{areaRatio:F4} is above {bounds.AreaRatioMax}");
        }

        if (measures.BorderPx > bounds.BorderTouchMaxPx)
        {
            return Outcome.Drop<Annotated>(
                RejectReason.TouchesBorder, $"{measures.BorderPx} px is above {bounds.BorderTouchMaxPx} px");
        }

        return deviation > bounds.BackgroundDeviationMax
            ? Outcome.Drop<Annotated>(
                RejectReason.BackgroundNotPlain, $"{deviation} of 255 is above {bounds.BackgroundDeviationMax}")
            : null;
    }
}
