using System.Security.Cryptography;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Gan;

/// <summary>Names the exact model file, for the lineage of its pictures.</summary>
internal static class GanRevision
{
    private const int Digits = 16;

    /// <summary>The first 16 hex digits of the file's SHA-256; weights that lie in a file beside it do not count.
    /// </summary>
    /// <exception cref="ModelException">Unreadable: the system says no.</exception>
    public static async Task<string> OfAsync(string file, CancellationToken stopping)
    {
        try
        {
            await using FileStream content = File.OpenRead(file);
            byte[] hash = await SHA256.HashDataAsync(content, stopping).ConfigureAwait(false);
            return Convert.ToHexStringLower(hash)[..Digits];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(
                ModelFault.Unreadable, $"The gan model {file} cannot be read: {cause.Message}", cause);
        }
    }
}
