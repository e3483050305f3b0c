using System.Globalization;
using System.Text;
using System.Text.Json;
using Engine.Items;
using Kernels.Checksums;

namespace Engine.Store.Repair;

/// <summary>Finds the samples in a shard without a ledger: three members of one key, whole, with a readable JSON.
/// </summary>
/// <remarks>What is none is passed over block by block. Without the ledger's checksum a changed picture cannot be told
/// from a right one.</remarks>
internal sealed class ShardScan : IDisposable
{
    private const int BlockBytes = 512;
    private const int JsonBytesMax = 16 << 20;
    private const long SampleBytesMax = (1L << 30) + (1 << 20);

    private readonly int _number;
    private readonly FileStream _file;
    private readonly byte[] _block = new byte[BlockBytes];
    private readonly byte[] _part = new byte[1 << 16];

    public ShardScan(string path, int number)
    {
        _number = number;
        _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20);
    }

    /// <summary>The samples found, in order; without sequences.</summary>
    public List<StoredSample> Samples { get; } = [];

    /// <summary>Whether the samples lie one after the other from the first byte.</summary>
    public bool IsDense { get; private set; } = true;

    /// <summary>Whether nothing but the two zero blocks follows the last sample.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>Bytes after the last sample.</summary>
    public long TailBytes { get; private set; }

    /// <summary>Reads the whole file.</summary>
    public void Run(CancellationToken stopping)
    {
        long end = 0;
        for (long at = 0; at + BlockBytes <= _file.Length;)
        {
            stopping.ThrowIfCancellationRequested();
            if (SampleAt(at) is { } sample)
            {
                IsDense &= at == end;
                Samples.Add(sample);
                at = end = at + sample.Length;
            }
            else
            {
                at += BlockBytes;
            }
        }

        TailBytes = _file.Length - end;
        _file.Position = end;
        IsSealed = TailBytes == SampleTar.TrailerBytes && IsZero(SampleTar.TrailerBytes);
    }

    public void Dispose() => _file.Dispose();

    private bool IsZero(int bytes)
    {
        byte[] end = new byte[bytes];
        _file.ReadExactly(end);
        return !end.AsSpan().ContainsAnyExcept((byte)0);
    }

    private StoredSample? SampleAt(long at)
    {
        if (HeaderAt(at) is not { } image || image.Name.Split('.') is not [var key, "png" or "webp" or "jpg"]
            || HeaderAt(image.End) is not { } mask || mask.Name != $"{key}.mask.png"
            || HeaderAt(mask.End) is not { } json || json.Name != $"{key}.json"
            || json.Bytes > JsonBytesMax || json.End - at > SampleBytesMax || json.End > _file.Length
            || CategoryOf(json, key) is not { } category)
        {
            return null;
        }

        return new(0, key, category, _number, at, (int)(json.End - at), ChecksumOf(at, json.End - at));
    }

    private (string Name, long Content, long Bytes, long End)? HeaderAt(long at)
    {
        if (at + BlockBytes > _file.Length)
        {
            return null;
        }

        _file.Position = at;
        _file.ReadExactly(_block);
        if (!_block.AsSpan(257, 6).SequenceEqual("ustar\0"u8) || _block[156] != '0'
            || Octal(_block.AsSpan(148, 6)) != Sum() || Octal(_block.AsSpan(124, 11)) is not { } bytes)
        {
            return null;
        }

        string name = Encoding.ASCII.GetString(_block.AsSpan(0, 100)).TrimEnd('\0');
        long content = at + BlockBytes;
        return (name, content, bytes, content + ((bytes + BlockBytes - 1) / BlockBytes * BlockBytes));
    }

    private int Sum()
    {
        int sum = 8 * ' '; // the checksum's own eight bytes count as spaces
        for (int i = 0; i < BlockBytes; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : _block[i];
        }

        return sum;
    }

    private static long? Octal(ReadOnlySpan<byte> digits)
    {
        long value = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                return null;
            }

            value = (value * 8) + digit - '0';
        }

        return value;
    }

    // The category, when the JSON says the same key as the members' names and a try that can be one.
    private string? CategoryOf((string Name, long Content, long Bytes, long End) json, string key)
    {
        byte[] text = new byte[json.Bytes];
        _file.Position = json.Content;
        _file.ReadExactly(text);
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            string prompt = root.GetProperty("prompt_id").GetString() ?? "";
            int attempt = root.GetProperty("attempt").GetInt32();
            string category = root.GetProperty("category").GetString() ?? "";
            SampleCheck.PromptId(prompt);
            SampleCheck.Attempt(prompt, attempt);
            SampleCheck.Category(category);
            return string.Create(CultureInfo.InvariantCulture, $"{prompt}-{attempt:D6}") == key ? category : null;
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or ArgumentException)
        {
            return null;
        }
    }

    private uint ChecksumOf(long at, long bytes)
    {
        _file.Position = at;
        uint crc = 0;
        while (bytes > 0)
        {
            int part = (int)Math.Min(bytes, _part.Length);
            _file.ReadExactly(_part, 0, part);
            crc = Crc32C.Continue(crc, _part.AsSpan(0, part));
            bytes -= part;
        }

        return crc;
    }
}
