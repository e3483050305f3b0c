using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Items;
using Engine.Pipeline.Deliver;
using Host.Transport;
using Tests.Shared;

namespace Host.Tests.Transport;

/// <summary>Goal: the specification's examples, codes and bounds are what the code does, byte for byte.</summary>
public sealed partial class WireSpecTests
{
    [Fact]
    public void Every_frame_type_has_an_example()
    {
        FrameType[] shown = [.. SpecExamples.Read().Select(at => (FrameType)at.Elements[0].GetInt32()).Distinct()];

        Assert.Equal(Enum.GetValues<FrameType>(), shown.Order());
    }

    [Fact]
    public void Every_example_is_read_as_it_says_and_written_back_byte_for_byte()
    {
        Assert.All(SpecExamples.Read(), example =>
        {
            ArrayBufferWriter<byte> written = new();
            object?[] read = ReadAndWrite(example.Frame[4..], new FrameWriter(written));

            Assert.Equal(example.Elements.Skip(1).Select(ToText), read.Select(value => $"{value ?? "nil"}"));
            Assert.Equal(Convert.ToHexString(example.Frame), Convert.ToHexString(written.WrittenSpan));
        });
    }

    [Fact]
    public void Every_code_is_in_the_table_with_its_number_and_name()
    {
        string text = File.ReadAllText(Repository.Path("docs", "spec", "wire.md"));
        string[] table = [.. CodeRow().Matches(text).Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}")];

        Assert.Equal(Enum.GetValues<GoAwayCode>().Select(code => $"{(int)code} {code.Name()}"), table);
    }

    [Fact]
    public void Code_of_a_later_version_has_a_name_and_is_final_by_its_number()
    {
        Assert.Equal("code_31", ((GoAwayCode)31).Name());
        Assert.False(((GoAwayCode)31).IsFinal());
        Assert.True(((GoAwayCode)99).IsFinal());
    }

    [Fact]
    public void Message_that_is_too_long_is_cut_at_a_whole_character()
    {
        ArrayBufferWriter<byte> written = new();

        new FrameWriter(written).GoAway(new GoAwayFrame(GoAwayCode.Internal, "x" + new string('é', 400), null));

        GoAwayFrame away = FrameReader.GoAway(new ReadOnlySequence<byte>(written.WrittenMemory[4..]));
        Assert.Equal("x" + new string('é', 255), away.Message);
    }

    [Fact]
    public void Sample_beyond_the_bound_is_not_written_at_all()
    {
        ArrayBufferWriter<byte> written = new();
        byte[] payload = SpecExamples.Payload((int)FrameType.Sample);
        PlacedSample sample = ToPlaced(FrameReader.Sample(payload));

        Assert.Equal(0, new FrameWriter(written).Sample(sample, payload.Length - 1));
        Assert.Equal(0, written.WrittenCount);
        Assert.Equal(payload.Length + 4, new FrameWriter(written).Sample(sample, payload.Length));
    }

    private static object?[] ReadAndWrite(byte[] payload, FrameWriter to)
    {
        ReadOnlySequence<byte> bytes = new(payload);
        FrameType type = FrameReader.TypeOf(bytes);
        switch (type)
        {
            case FrameType.Hello:
                HelloFrame hello = FrameReader.Hello(bytes);
                to.Hello(hello);
                return
                [
                    hello.Version, hello.Token, hello.Group, hello.Rank, hello.World, hello.Cursor, hello.StreamId,
                    hello.CreditFrames, hello.CreditBytes, hello.ShuffleWindow, hello.ShuffleSeed,
                ];
            case FrameType.Welcome:
                WelcomeFrame welcome = FrameReader.Welcome(bytes);
                to.Welcome(welcome);
                return
                [
                    welcome.Version, welcome.StreamId, welcome.Cursor, welcome.LastSequence, welcome.FrameBytesMax,
                    welcome.HeartbeatSeconds,
                ];
            case FrameType.Credit:
                CreditFrame credit = FrameReader.Credit(bytes);
                to.Credit(credit);
                return [credit.Frames, credit.Bytes];
            case FrameType.Sample:
                SampleFrame sample = FrameReader.Sample(payload);
                to.Sample(ToPlaced(sample), int.MaxValue);
                return
                [
                    sample.Sequence, sample.Position, sample.Key, sample.Category, sample.ImageExtension,
                    Hex(sample.Image), Hex(sample.MaskPng), Hex(sample.Json),
                ];
            case FrameType.Demand:
                IReadOnlyDictionary<string, double> weights = FrameReader.Demand(bytes);
                to.Demand(weights);
                return [.. weights.SelectMany(at => new object?[] { at.Key, at.Value })];
            case FrameType.GoAway:
                GoAwayFrame away = FrameReader.GoAway(bytes);
                to.GoAway(away);
                return [(int)away.Code, away.Message, away.ResumeCursor];
            default:
                long number = FrameReader.Number(bytes, type);
                to.Number(type, number);
                return [number];
        }
    }

    private static PlacedSample ToPlaced(SampleFrame frame) => new(frame.Position, frame.Sequence, new Sample
    {
        Key = frame.Key,
        Category = frame.Category,
        PromptId = frame.Key[..16],
        Attempt = 1,
        Image = frame.Image.ToArray(),
        ImageExtension = frame.ImageExtension,
        MaskPng = frame.MaskPng.ToArray(),
        Json = frame.Json.ToArray(),
    });

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private static string ToText(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => "nil",
        JsonValueKind.Object => element.GetProperty("hex").GetString()!,
        _ => element.ToString(),
    };

    [GeneratedRegex(@"^\| (\d+) \| ([a-z_]+) \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();
}
