namespace Engine.Imaging;

/// <summary>Knows the formats that are read, by their first bytes.</summary>
/// <remarks>A file never reaches a loader that was not chosen here: libvips has loaders for documents and vector
/// graphics, which have no place behind untrusted input.</remarks>
internal static class ImageFormat
{
    /// <summary>The format of a file, or null when it is none that is read.</summary>
    public static string? Of(ReadOnlySpan<byte> file) => file switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "png",
        [0xFF, 0xD8, 0xFF, ..] => "jpeg",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] =>
            "webp",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "gif",
        [(byte)'I', (byte)'I', 0x2A, 0x00, ..] or [(byte)'M', (byte)'M', 0x00, 0x2A, ..] => "tiff",
        _ => null,
    };
}
