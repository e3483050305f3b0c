using Host.Transport;

namespace Host.Commands;

/// <summary>Writes received samples: <c>key.png</c> (or webp, jpg), <c>key.mask.png</c> where there is a mask,
/// <c>key.json</c>.</summary>
/// <remarks>The frame reader lets only keys of [0-9a-zA-Z_-] through, so no name leaves the directory.</remarks>
/// <param name="directory">Where to; made when absent.</param>
internal sealed class SampleFiles(DirectoryInfo directory)
{
    /// <summary>Writes one sample; files of the same names are replaced.</summary>
    /// <returns>Done when the files have their names.</returns>
    /// <exception cref="IOException">The disk is full or a file cannot be written.</exception>
    public async Task WriteAsync(SampleFrame sample, CancellationToken stopping)
    {
        directory.Create();
        await WriteAsync($"{sample.Key}.{sample.ImageExtension}", sample.Image, stopping).ConfigureAwait(false);
        if (!sample.MaskPng.IsEmpty) // A composed picture has none: its masks stand in the JSON.
        {
            await WriteAsync($"{sample.Key}.mask.png", sample.MaskPng, stopping).ConfigureAwait(false);
        }

        await WriteAsync($"{sample.Key}.json", sample.Json, stopping).ConfigureAwait(false);
    }

    private async Task WriteAsync(string name, ReadOnlyMemory<byte> bytes, CancellationToken stopping)
    {
        string path = Path.Combine(directory.FullName, name);
        string part = path + ".part"; // A reader of the directory never sees half a file under its name.
        await File.WriteAllBytesAsync(part, bytes, stopping).ConfigureAwait(false);
        File.Move(part, path, overwrite: true);
    }
}
