using Engine.Flow;
using Engine.Imaging;
using Engine.Items;

namespace Engine.Pipeline.Record;

/// <summary>The encode stage: accepted items in, samples as files out. Safe for several workers at once.</summary>
/// <param name="options">Valid options.</param>
/// <param name="provenance">What stands in every sample's JSON.</param>
/// <param name="sampleBytesMax">Largest sample that the store and the wire carry, in bytes.</param>
public sealed class EncodeStep(RecordOptions options, Provenance provenance, long sampleBytesMax)
{
    /// <summary>Encodes one item; the same item gives the same bytes.</summary>
    /// <param name="item">The item.</param>
    /// <param name="stopping">Heeded before the work begins.</param>
    /// <returns>The sample, or a drop (<c>too_large</c>).</returns>
    /// <exception cref="ArgumentException">The mask has not the picture's size.</exception>
    public ValueTask<Outcome<Sample>> RunAsync(Embedded item, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(item);
        stopping.ThrowIfCancellationRequested();
        Annotated annotated = item.Annotated;
        (RgbImage image, BinaryMask mask) = (annotated.Picture.Image, annotated.Mask);
        Prompt prompt = annotated.Picture.Prompt;
        if (mask.Width != image.Width || mask.Height != image.Height)
        {
            throw new ArgumentException(
                $"The mask of {prompt.Key} is {mask.Width} x {mask.Height} px; "
                + $"it must be the picture's {image.Width} x {image.Height} px.",
                nameof(item));
        }

        (byte[] file, string extension) = Encode(image);
        Sample sample = new()
        {
            Key = prompt.Key,
            Category = prompt.Category,
            PromptId = prompt.Id,
            Attempt = prompt.Attempt,
            Image = file,
            ImageExtension = extension,
            MaskPng = ImageCodec.EncodePng(mask),
            Json = SampleJson.Write(item, provenance),
        };
        return new ValueTask<Outcome<Sample>>(sample.Bytes <= sampleBytesMax
            ? Outcome.Keep(sample)
            : Outcome.Drop<Sample>(
                RejectReason.TooLarge, $"the sample has {sample.Bytes} bytes; at most {sampleBytesMax} are stored"));
    }

    private (byte[] File, string Extension) Encode(RgbImage image) => options.Format switch
    {
        PictureFormat.Webp => (ImageCodec.EncodeWebp(image, options.Quality, options.Lossless), "webp"),
        PictureFormat.Jpeg => (ImageCodec.EncodeJpeg(image, options.Quality), "jpg"),
        _ => (ImageCodec.EncodePng(image), "png"),
    };
}
