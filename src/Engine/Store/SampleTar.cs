using System.Formats.Tar;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Engine.Items;

namespace Engine.Store;

/// <summary>A sample as tar members: <c>key.png</c> (or webp, jpg), <c>key.mask.png</c>, <c>key.json</c>.</summary>
/// <remarks>Byte for byte the same for the same sample: fixed owner, mode and time; docs/spec/store.md.</remarks>
internal static class SampleTar
{
    /// <summary>Two zero blocks end a tar file.</summary>
    public const int TrailerBytes = 1024;

    /// <summary>Bytes of a header; content is filled up to whole blocks.</summary>
    public const int BlockBytes = 512;

    /// <summary>What the JSON member's name ends with, after the key.</summary>
    public const string JsonEnding = ".json";

    private const string MaskEnding = ".mask.png";
    private const int NameBytes = 100;
    private const int SizeAt = 124;
    private const int SizeDigits = 11;
    private const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes the members at the stream's start; what was there before is lost.</summary>
    /// <returns>Bytes of the members, headers and padding included, without the two zero blocks.</returns>
    public static int Write(Sample sample, MemoryStream into)
    {
        into.SetLength(0);
        using TarWriter tar = new(into, TarEntryFormat.Ustar, leaveOpen: true);
        Add(tar, $"{sample.Key}.{sample.ImageExtension}", sample.Image);
        Add(tar, sample.Key + MaskEnding, sample.MaskPng);
        Add(tar, sample.Key + JsonEnding, sample.Json);
        return checked((int)into.Position); // the writer adds the zero blocks later, when it is disposed
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="stored">What the ledger says of it.</param>
    /// <param name="members">The members; the sample's files lie in them.</param>
    /// <exception cref="StoreDamagedException">The checksum is right, the members are not a sample's.</exception>
    /// <remarks>Not by a tar reader, and names stay the bytes that they are: what a header may say is known here, and a
    /// sample is read for every consumer.</remarks>
    public static Sample Read(in StoredSample stored, ReadOnlyMemory<byte> members)
    {
        (ReadOnlyMemory<byte>? image, ReadOnlyMemory<byte>? mask, ReadOnlyMemory<byte>? json) = (null, null, null);
        string extension = string.Empty;
        for (int at = 0; at + BlockBytes <= members.Length;)
        {
            if (!TryHeader(members.Span.Slice(at, BlockBytes), out ReadOnlySpan<byte> name, out int length))
            {
                throw Strange(stored, $"there is no member's header at byte {at}");
            }

            at += BlockBytes;
            if (length > members.Length - at)
            {
                throw Strange(stored, $"member {Text(name)} has {length} bytes, and {members.Length - at} follow");
            }

            int keyBytes = stored.Key.Length;
            if (name.Length <= keyBytes || name[keyBytes] != '.' || !Ascii.Equals(name[..keyBytes], stored.Key))
            {
                throw Strange(stored, $"member {Text(name)} is not of sample {stored.Key}");
            }

            ReadOnlySpan<byte> ending = name[keyBytes..];
            ReadOnlyMemory<byte> content = members.Slice(at, length);
            at += (int)Math.Min(((long)length + BlockBytes - 1) / BlockBytes * BlockBytes, members.Length - at);
            if (Ascii.Equals(ending, MaskEnding))
            {
                mask = content;
            }
            else if (Ascii.Equals(ending, JsonEnding))
            {
                json = content;
            }
            else
            {
                (image, extension) = (content, ending.SequenceEqual(".png"u8) ? "png" : Text(ending[1..]));
            }
        }

        int dash = stored.Key.LastIndexOf('-');
        return image is null || mask is null || json is null
            ? throw Strange(stored, $"sample {stored.Key} lacks a member")
            : new Sample
            {
                Key = stored.Key,
                Category = stored.Category,
                PromptId = stored.Key[..dash],
                Attempt = int.Parse(stored.Key.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture),
                Image = image.Value,
                ImageExtension = extension,
                MaskPng = mask.Value,
                Json = json.Value,
            };
    }

    /// <summary>Reads the fields of a header that say what follows it.</summary>
    /// <param name="block">512 bytes.</param>
    /// <param name="name">The member's name, in the block.</param>
    /// <param name="bytes">Bytes of the member.</param>
    /// <returns>False where that is no header that <see cref="Write"/> wrote.</returns>
    public static bool TryHeader(ReadOnlySpan<byte> block, out ReadOnlySpan<byte> name, out int bytes)
    {
        name = block[..NameBytes];
        int end = name.IndexOf((byte)0);
        name = end < 0 ? name : name[..end];
        bytes = 0;
        foreach (byte digit in block.Slice(SizeAt, SizeDigits))
        {
            if (digit is < (byte)'0' or > (byte)'7' || bytes > int.MaxValue >> 3)
            {
                return false;
            }

            bytes = (bytes << 3) | (digit - '0');
        }

        return !name.IsEmpty;
    }

    private static string Text(ReadOnlySpan<byte> name) => Encoding.ASCII.GetString(name);

    private static void Add(TarWriter tar, string name, ReadOnlyMemory<byte> content)
    {
        // The tar writer takes a stream. Files that are appended lie in arrays; what does not is copied.
        using MemoryStream data = MemoryMarshal.TryGetArray(content, out ArraySegment<byte> lies)
            ? new(lies.Array!, lies.Offset, lies.Count, writable: false)
            : new(content.ToArray(), writable: false);
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            Mode = Mode,
            ModificationTime = DateTimeOffset.UnixEpoch,
            DataStream = data,
        });
    }

    private static StoreDamagedException Strange(in StoredSample stored, string what) =>
        new(stored.Shard, stored.Offset, what);
}
