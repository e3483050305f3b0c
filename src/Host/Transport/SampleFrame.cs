namespace Host.Transport;

/// <summary>One sample as it came over the wire. The three files lie in the frame's own buffer.</summary>
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
    /// <summary>Bytes of the three files.</summary>
    public long Bytes => (long)Image.Length + MaskPng.Length + Json.Length;
}
