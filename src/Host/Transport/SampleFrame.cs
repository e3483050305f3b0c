namespace Host.Transport;

/// <summary>One sample as it came over the wire. The three files are lent: their memory is used again.</summary>
/// <param name="Sequence">Its place in the stream, from 1.</param>
/// <param name="Position">Its place in the group's order, from 1: what is acknowledged.</param>
/// <param name="Key">1 to 80 of [0-9a-zA-Z_-], so that it is safe as a file name.</param>
/// <param name="Category">The category's name.</param>
/// <param name="ImageExtension"><c>png</c>, <c>webp</c> or <c>jpg</c>.</param>
/// <param name="Image">The picture's file.</param>
/// <param name="MaskPng">The mask: PNG, grey, 0 or 255, the picture's size.</param>
/// <param name="Json">Box, area, scores and lineage as UTF-8 JSON.</param>
public sealed record SampleFrame(
    long Sequence, long Position, string Key, string Category, string ImageExtension, ReadOnlyMemory<byte> Image,
    ReadOnlyMemory<byte> MaskPng, ReadOnlyMemory<byte> Json)
{
    /// <summary>A copy that owns its files, to keep.</summary>
    public SampleFrame ToOwned() =>
        this with { Image = Image.ToArray(), MaskPng = MaskPng.ToArray(), Json = Json.ToArray() };

    /// <summary>Bytes of the three files.</summary>
    public long Bytes => (long)Image.Length + MaskPng.Length + Json.Length;
}
