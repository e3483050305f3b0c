using System.Buffers.Binary;

namespace Engine.Tests.Imaging;

/// <summary>A little-endian TIFF of one strip without compression, with whatever its tags claim.</summary>
internal sealed record TestTiff(int Width, int Height, int Bands)
{
    public int Bits { get; init; } = 8;

    /// <summary>1 grey, 2 RGB, 5 CMYK.</summary>
    public int Photometric { get; init; } = 1;

    /// <summary>1 unsigned, 2 signed, 3 real.</summary>
    public int SampleFormat { get; init; } = 1;

    /// <summary>2 for alpha, 0 for what nobody knows; one number a band beyond the colours.</summary>
    public int[] ExtraSamples { get; init; } = [];

    public byte[] Write(byte[] pixels)
    {
        List<byte> file = [(byte)'I', (byte)'I', 42, 0, 0, 0, 0, 0, .. pixels];
        (int Tag, int Type, int Count, int Value)[] entries =
        [
            (256, 4, 1, Width), (257, 4, 1, Height), (258, 3, Bands, Shorts(file, Repeat(Bits))), (259, 3, 1, 1),
            (262, 3, 1, Photometric), (273, 4, 1, 8), (277, 3, 1, Bands), (278, 4, 1, Height),
            (279, 4, 1, pixels.Length), (338, 3, ExtraSamples.Length, Shorts(file, ExtraSamples)),
            (339, 3, Bands, Shorts(file, Repeat(SampleFormat))),
        ];
        entries = [.. entries.Where(entry => entry.Count > 0)];
        int directory = file.Count + (file.Count % 2);
        byte[] whole = new byte[directory + 2 + (entries.Length * 12) + 4];
        file.CopyTo(whole);
        BinaryPrimitives.WriteInt32LittleEndian(whole.AsSpan(4), directory);
        BinaryPrimitives.WriteInt16LittleEndian(whole.AsSpan(directory), (short)entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            Span<byte> at = whole.AsSpan(directory + 2 + (i * 12));
            BinaryPrimitives.WriteInt16LittleEndian(at, (short)entries[i].Tag);
            BinaryPrimitives.WriteInt16LittleEndian(at[2..], (short)entries[i].Type);
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], entries[i].Count);
            BinaryPrimitives.WriteInt32LittleEndian(at[8..], entries[i].Value);
        }

        return whole;
    }

    private int[] Repeat(int value) => [.. Enumerable.Repeat(value, Bands)];

    /// <summary>One or two numbers stand in the entry itself; more lie elsewhere and the entry says where.</summary>
    private static int Shorts(List<byte> file, int[] values)
    {
        if (values.Length <= 2)
        {
            return values.Length == 0 ? 0 : values[0] | (values[^1] << 16 & (values.Length == 2 ? -1 : 0));
        }

        int offset = file.Count;
        file.AddRange(values.SelectMany(value => new[] { (byte)value, (byte)(value >> 8) }));
        return offset;
    }
}
