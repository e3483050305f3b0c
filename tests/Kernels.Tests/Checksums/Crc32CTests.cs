using System.Text;
using Kernels.Checksums;

namespace Kernels.Tests.Checksums;

public sealed class Crc32CTests
{
    public static TheoryData<byte[], uint> Published => new()
    {
        { [], 0 },
        { Encoding.ASCII.GetBytes("123456789"), 0xE3069283 },

        // RFC 3720, appendix B.4
        { new byte[32], 0x8A9136AA },
        { [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8AB43 },
        { [.. Enumerable.Range(0, 32).Select(n => (byte)n)], 0x46DD794E },
        { [.. Enumerable.Range(0, 32).Select(n => (byte)(31 - n))], 0x113FDB5C },
    };

    [Theory]
    [MemberData(nameof(Published))]
    public void Published_values_are_met(byte[] bytes, uint expected)
    {
        uint actual = Crc32C.Of(bytes);

        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Every_length_agrees_with_the_bitwise_definition()
    {
        byte[] bytes = new byte[67];
        new Random(1).NextBytes(bytes);

        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(Bitwise(bytes.AsSpan(0, length)), Crc32C.Of(bytes.AsSpan(0, length)));
        }
    }

    [Theory]
    [InlineData(3071)] // one less than three lanes
    [InlineData(3072)]
    [InlineData(3073)]
    [InlineData(6144)] // twice three lanes
    [InlineData(70_001)]
    public void Lanes_side_by_side_agree_with_the_bitwise_definition(int length)
    {
        byte[] bytes = new byte[length + 7];
        new Random(length).NextBytes(bytes);

        for (int start = 0; start <= 7; start++)
        {
            Assert.Equal(Bitwise(bytes.AsSpan(start, length)), Crc32C.Of(bytes.AsSpan(start, length)));
        }
    }

    [Fact]
    public void A_block_checked_in_two_parts_has_the_value_of_the_whole()
    {
        byte[] bytes = new byte[100];
        new Random(2).NextBytes(bytes);

        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Crc32C.Of(bytes), Crc32C.Continue(Crc32C.Of(bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    private static uint Bitwise(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }
}
