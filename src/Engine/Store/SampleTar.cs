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
    /// <remarks>Not by a tar reader: what a header may say is known here, and a sample is read for every consumer.
    /// </remarks>
    public static Sample Read(in StoredSample stored, ReadOnlyMemory<byte> members)
    {
        (ReadOnlyMemory<byte>? image, ReadOnlyMemory<byte>? mask, ReadOnlyMemory<byte>? json) = (null, null, null);
        string extension = string.Empty;
        for (int at = 0; at + BlockBytes <= members.Length;)
        {
            (string name, int length) = Header(members.Span.Slice(at, BlockBytes))
                ?? throw Strange(stored, $"there is no member's header at byte {at}");
            at += BlockBytes;
            if (length > members.Length - at)
            {
                throw Strange(stored, $"member {name} has {length} bytes, and {members.Length - at} follow");
            }

            string ending = name.StartsWith(stored.Key + ".", StringComparison.Ordinal)
                ? name[stored.Key.Length..]
                : throw Strange(stored, $"member {name} is not of sample {stored.Key}");
            ReadOnlyMemory<byte> content = members.Slice(at, length);
            at += (int)Math.Min(((long)length + BlockBytes - 1) / BlockBytes * BlockBytes, members.Length - at);
            switch (ending)
            {
                case MaskEnding: mask = content; break;
                case JsonEnding: json = content; break;
                default: (image, extension) = (content, ending[1..]); break;
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
    /// <returns>Name and bytes of the member; null where that is no header that <see cref="Write"/> wrote.</returns>
    public static (string Name, int Bytes)? Header(ReadOnlySpan<byte> block)
    {
        ReadOnlySpan<byte> name = block[..NameBytes];
        int end = name.IndexOf((byte)0);
        int bytes = 0;
        foreach (byte digit in block.Slice(SizeAt, SizeDigits))
        {
            if (digit is < (byte)'0' or > (byte)'7' || bytes > int.MaxValue >> 3)
            {
                return null;
            }

            bytes = (bytes << 3) | (digit - '0');
        }

        return end == 0 ? null : (Encoding.ASCII.GetString(end < 0 ? name : name[..end]), bytes);
    }

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
