using Engine.Imaging;
using Engine.Items;
using Host.Configuration;
using Host.Lifecycle;
using Kernels.Masks;

namespace Host.Explain;

/// <summary>Explains the verdict on a picture's file.</summary>
internal static class ExplainPicture
{
    /// <summary>Judges it as one object of a category.</summary>
    /// <param name="config">Whose filters.</param>
    /// <param name="path">The picture.</param>
    /// <param name="maskPath">Where the object is; null for the whole picture.</param>
    /// <param name="category">The category that it is to be of.</param>
    /// <param name="stopping">Ends it.</param>
    /// <exception cref="InvalidDataException">Mask and picture differ in size, or the mask is empty.</exception>
    public static async Task<ExitCode> RunAsync(
        HeadwaterConfig config, string path, string? maskPath, string category, CancellationToken stopping)
    {
        RgbImage image = ImageCodec.DecodeRgb(
            await File.ReadAllBytesAsync(path, stopping).ConfigureAwait(false), ImageLimits.Default);
        BinaryMask mask = maskPath is null
            ? new BinaryMask(image.Width, image.Height, Whole(image))
            : ImageCodec.DecodeMask(
                await File.ReadAllBytesAsync(maskPath, stopping).ConfigureAwait(false), ImageLimits.Default);
        if (mask.Width != image.Width || mask.Height != image.Height)
        {
            throw new InvalidDataException(
                $"The mask {maskPath} is {mask.Width} x {mask.Height} px; it must be the picture's {image.Width} x "
                + $"{image.Height} px.");
        }

        MaskMeasures measures = MaskMeasures.Of(mask.Values, mask.Width, mask.Height);
        if (measures.AreaPx == 0)
        {
            throw new InvalidDataException($"The mask {maskPath} is empty: no pixel of it is white.");
        }

        await Console.Out.WriteLineAsync(
            $"{path} as '{category}', {(maskPath is null ? "the whole picture" : $"the mask {maskPath}")}")
            .ConfigureAwait(false);
        Prompt prompt = new() { Id = "explain", Category = category, Text = category, Attempt = 0, Seed = 0 };
        await new Explainer(config, Console.Out).RunAsync(
            new Annotated
            {
                Picture = new Picture(prompt, image, "file", new Dictionary<string, string>()),
                Mask = mask,
                Box = new Box(measures.Left, measures.Top, measures.Width, measures.Height),
                AreaPx = measures.AreaPx,
                Annotator = "file",
                PredictedIou = double.NaN,
                Measures = new Dictionary<string, double>
                {
                    ["area_ratio"] = (double)measures.AreaPx / mask.Values.Length,
                    ["border_px"] = measures.BorderPx,
                },
            },
            stopping).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static byte[] Whole(RgbImage image)
    {
        byte[] values = new byte[image.Width * image.Height];
        values.AsSpan().Fill(1);
        return values;
    }
}
