using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Host.Transport;
using MessagePack;
using Tests.Shared;

namespace Host.Tests.Transport;

/// <summary>Goal: whatever bytes come, a payload is read or refused with a code, and costs no more than it weighs.
/// </summary>
public sealed class FrameReaderTests
{
    [Theory]
    [InlineData("01", "not a MessagePack array")]
    [InlineData("90", "not a MessagePack array")]
    [InlineData("c1", "not a MessagePack array")]
    [InlineData("dd ff ff ff ff", "not a MessagePack array")]
    [InlineData("91 a1 61", "not a MessagePack array")]
    [InlineData("92 05 2b 00", "Ack has 1 bytes after its last element")]
    [InlineData("93 05 2b 2b", "Ack has 3 elements; it must have 2")]
    [InlineData("92 05 ff", "Ack.position is not an unsigned integer")]
    [InlineData("92 05 ca 3f 80 00 00", "Ack.position is not an unsigned integer")]
    [InlineData("92 05 91 01", "Ack.position is not an unsigned integer")]
    [InlineData("92 05 cf 80 00 00 00 00 00 00 00", "Ack.position is 9223372036854775808; it must be 0 to")]
    [InlineData("92 08 a1 61", "Demand has 1 fields; it must have pairs of category and weight, at most 4096")]
    [InlineData("93 08 a1 61 cb ff f0 00 00 00 00 00 00", "Demand.weight is -Infinity; it must be 0 to")]
    [InlineData("93 08 a1 61 cb 7f f8 00 00 00 00 00 00", "Demand.weight is NaN; it must be 0 to 1000000000.")]
    [InlineData("93 08 a1 61 cb bf f0 00 00 00 00 00 00", "Demand.weight is -1; it must be 0 to")]
    [InlineData("93 08 a1 61 a1 61", "Demand.weight is not a number")]
    [InlineData("93 08 01 01", "Demand.category is not a whole string")]
    [InlineData("92 05 cf 80", "Ack.position is not an unsigned integer")]
    public void Wrong_payload_is_refused_with_the_field_and_the_bound(string hex, string expected)
    {
        WireFormatException refused = Assert.Throws<WireFormatException>(() => ReadAny(Bytes(hex)));

        Assert.Equal(GoAwayCode.Malformed, refused.Code);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("91 00")]
    [InlineData("91 09")]
    [InlineData("91 cf ff ff ff ff ff ff ff ff")]
    public void Unknown_type_is_refused_as_unexpected(string hex)
    {
        WireFormatException refused = Assert.Throws<WireFormatException>(() => ReadAny(Bytes(hex)));

        Assert.Equal(GoAwayCode.UnexpectedFrame, refused.Code);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("ключ")]
    public void Key_that_is_no_safe_file_name_is_refused(string key)
    {
        byte[] payload = MessagePackSerializer.Serialize(
            new object[] { 4, 1, 1, key, "yak", "png", Array.Empty<byte>(), Array.Empty<byte>(), Array.Empty<byte>() });

        WireFormatException refused = Assert.Throws<WireFormatException>(() => ReadAny(payload));

        Assert.Contains("[0-9a-zA-Z_-]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_beyond_its_bound_or_not_UTF8_is_refused()
    {
        byte[] tooLong = MessagePackSerializer.Serialize(
            new object?[] { 1, 1, null, new string('g', 65), 0, 1, null, null, 1, 1, 0, 0 });
        byte[] broken = [.. SpecExamples.Payload((int)FrameType.GoAway)];
        broken[4] = 0xff;

        Assert.Contains("Hello.group has 65 bytes; it must have at most 64", Refusal(tooLong));
        Assert.Contains("GoAway.message is not valid UTF-8", Refusal(broken));
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_throw_anything_else() =>
        Prop.ForAll(
            Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf().ToArbitrary(), IsReadOrRefused)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Any_mutation_of_a_valid_frame_is_read_or_refused() =>
        Prop.ForAll(Mutated().ToArbitrary(), IsReadOrRefused)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Fuzz.Cases(60_000)));

    [Fact]
    public void Every_prefix_of_a_valid_payload_is_refused()
    {
        foreach ((_, byte[] frame) in SpecExamples.Read())
        {
            for (int length = 0; length < frame.Length - 4; length++)
            {
                Assert.Throws<WireFormatException>(() => ReadAny(frame[4..(4 + length)]));
            }
        }
    }

    [Fact]
    public void Reading_allocates_no_more_than_a_small_multiple_of_the_payload()
    {
        byte[][] payloads = [.. Mutated().Sample(500)];
        Array.ForEach(payloads, payload => IsReadOrRefused(payload)); // Jitted, and the statics made.

        foreach (byte[] payload in payloads)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            IsReadOrRefused(payload);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

            // An exception with its trace is about 10 kB; a declared length must not add to that.
            Assert.True(allocated < (4 * payload.Length) + 65_536, $"{allocated} B for {Convert.ToHexString(payload)}");
        }
    }

    [Theory]
    [InlineData("99 04 2b 2b db ff ff ff ff 61")] // a string of 4 GiB
    [InlineData("99 04 2b 2b a1 61 a1 61 a3 70 6e 67 c6 ff ff ff ff 00")] // a binary of 4 GiB
    [InlineData("99 04 2b 2b a1 61 a1 61 a3 70 6e 67 dd ff ff ff ff")] // a list of 4 Gi items
    [InlineData("99 04 2b 2b a1 61 a1 61 a3 70 6e 67 c9 ff ff ff ff 01")] // an extension of 4 GiB
    public void Declared_length_is_never_allocated(string hex)
    {
        byte[] payload = Bytes(hex);
        Assert.Throws<WireFormatException>(() => ReadAny(payload));

        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<WireFormatException>(() => ReadAny(payload));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 65_536);
    }

    [Fact]
    public void Nesting_costs_nothing_because_the_first_list_within_is_refused()
    {
        byte[] deep = [0x92, 0x05, .. Enumerable.Repeat((byte)0x91, 60_000)];

        Assert.Contains("Ack.position is not", Refusal(deep), StringComparison.Ordinal);
    }

    // The first bytes of MessagePack's formats that declare a length, and the ends of their ranges.
    private static ReadOnlySpan<byte> Nasty =>
        [0x00, 0x7f, 0x80, 0x90, 0xc0, 0xc1, 0xc4, 0xc6, 0xc9, 0xcf, 0xd3, 0xd9, 0xdb, 0xdd, 0xdf, 0xff];

    /// <summary>Valid frames with some bytes changed, cut out, doubled or put in.</summary>
    internal static Gen<byte[]> Mutated()
    {
        byte[][] valid = [.. SpecExamples.Read().Select(example => example.Frame[4..])];
        return
            from payload in Gen.Elements(valid)
            from edits in Gen.Choose(0, 4)
            from seed in Gen.Choose(0, int.MaxValue)
            select Fuzz.Mutate(payload, edits, new Random(seed), Nasty);
    }

    private static bool IsReadOrRefused(byte[] payload)
    {
        try
        {
            ReadAny(payload);
        }
        catch (WireFormatException)
        {
        }

        return true;
    }

    private static object ReadAny(byte[] payload)
    {
        ReadOnlySequence<byte> bytes = new(payload);
        FrameType type = FrameReader.TypeOf(bytes);
        return type switch
        {
            FrameType.Hello => (FrameReader.HelloVersion(bytes), FrameReader.Hello(bytes)),
            FrameType.Welcome => FrameReader.Welcome(bytes),
            FrameType.Credit => FrameReader.Credit(bytes),
            FrameType.Sample => FrameReader.Sample(payload),
            FrameType.GoAway => FrameReader.GoAway(bytes),
            FrameType.Demand => FrameReader.Demand(bytes),
            _ => FrameReader.Number(bytes, type),
        };
    }

    private static string Refusal(byte[] payload) => Assert.Throws<WireFormatException>(() => ReadAny(payload)).Message;

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
