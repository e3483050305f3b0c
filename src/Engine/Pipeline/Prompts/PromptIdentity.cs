using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Engine.Pipeline.Prompts;

/// <summary>Names prompts and seeds tries, the same on every machine and after every restart.</summary>
/// <remarks>
/// <para>Id: the first 8 bytes, as 16 lower-case hex digits, of SHA-256 over: the category's name in normal form
/// (<see cref="PromptText.Normal"/>), UTF-8; one byte 0; the text in normal form, UTF-8; and only for a prompt that
/// came with a seed, one byte 0 and the seed as 8 bytes, little-endian. So one text with two seeds is two prompts.
/// </para>
/// <para>Seed: the first 8 bytes, little-endian, of SHA-256 over 28 bytes: the run's seed (8, little-endian), the
/// id's 16 ASCII digits, the attempt (4, little-endian). A prompt that came with a seed counts up from it instead:
/// seed + attempt, modulo 2^64.</para>
/// </remarks>
public static class PromptIdentity
{
    /// <summary>Names a prompt.</summary>
    /// <param name="category">The category's name, clean.</param>
    /// <param name="text">The text, clean.</param>
    /// <param name="seed">The seed the prompt came with; null when it came without.</param>
    /// <returns>16 characters of [0-9a-f].</returns>
    public static string Id(string category, string text, ulong? seed)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(PromptText.Normal(category)));
        hash.AppendData([0]);
        hash.AppendData(Encoding.UTF8.GetBytes(PromptText.Normal(text)));
        if (seed is { } given)
        {
            Span<byte> tail = stackalloc byte[9];
            tail[0] = 0;
            BinaryPrimitives.WriteUInt64LittleEndian(tail[1..], given);
            hash.AppendData(tail);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest[..8]);
    }

    /// <summary>Seeds one try.</summary>
    /// <param name="runSeed">The run's seed.</param>
    /// <param name="id">The prompt's id, 16 ASCII characters.</param>
    /// <param name="attempt">0 for the prompt's first picture.</param>
    /// <param name="seed">The seed the prompt came with; null when it came without.</param>
    /// <returns>A seed for the generator.</returns>
    public static ulong Seed(ulong runSeed, string id, int attempt, ulong? seed)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (seed is { } given)
        {
            return unchecked(given + (ulong)attempt);
        }

        Span<byte> message = stackalloc byte[28];
        BinaryPrimitives.WriteUInt64LittleEndian(message, runSeed);
        Encoding.ASCII.GetBytes(id, message[8..24]);
        BinaryPrimitives.WriteInt32LittleEndian(message[24..], attempt);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(message, digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }
}
