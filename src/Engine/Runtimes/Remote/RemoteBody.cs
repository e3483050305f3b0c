namespace Engine.Runtimes.Remote;

/// <summary>Reads an answer up to a bound, whatever the server says of its length.</summary>
internal static class RemoteBody
{
    private const int ChunkBytes = 64 << 10;

    /// <summary>Reads all of an answer.</summary>
    /// <param name="content">The answer; what is counted is what comes out of the decompression.</param>
    /// <param name="bytesMax">The bound.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>The bytes, or null when there are more than the bound.</returns>
    /// <exception cref="IOException">The connection ended before the answer did.</exception>
    /// <exception cref="InvalidDataException">The compressed answer is damaged.</exception>
    public static async Task<byte[]?> ReadAsync(HttpContent content, long bytesMax, CancellationToken stopping)
    {
        if (content.Headers.ContentLength > bytesMax)
        {
            return null;
        }

        // Grows with what has come, not with what was promised.
        using MemoryStream held = new();
        byte[] chunk = new byte[ChunkBytes];
        await using Stream stream = await content.ReadAsStreamAsync(stopping).ConfigureAwait(false);
        while (await stream.ReadAsync(chunk, stopping).ConfigureAwait(false) is > 0 and var read)
        {
            if (held.Length + read > bytesMax)
            {
                return null;
            }

            held.Write(chunk, 0, read);
        }

        return held.ToArray();
    }
}
