using System.Buffers;

namespace Host.Transport;

/// <summary>Reads frames out of payloads and checks every bound of docs/spec/wire.md.</summary>
/// <remarks>For a wrong payload every method throws <see cref="WireFormatException"/> and nothing else.</remarks>
public static class FrameReader
{
    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-");

    /// <summary>Reads which frame a payload is.</summary>
    /// <param name="payload">The payload, without its prefix.</param>
    /// <returns>The type; its fields are not yet checked.</returns>
    public static FrameType TypeOf(ReadOnlySequence<byte> payload) => FrameFields.TypeOf(payload);

    /// <summary>Reads a HELLO.</summary>
    /// <param name="payload">A payload of that type.</param>
    /// <returns>The frame.</returns>
    public static HelloFrame Hello(ReadOnlySequence<byte> payload)
    {
        FrameFields fields = FrameFields.Open(payload, FrameType.Hello, 11);
        HelloFrame hello = new()
        {
            Version = (int)fields.Number("version", ushort.MaxValue),
            Token = fields.TextOrNil("token", WireLimits.TokenBytesMax),
            Group = fields.Text("group", WireLimits.GroupBytesMax),
            Rank = (int)fields.Number("rank", int.MaxValue),
            World = (int)fields.Number("world", int.MaxValue),
            Cursor = fields.NumberOrNil("cursor", long.MaxValue),
            StreamId = fields.TextOrNil("stream", WireLimits.StreamBytesMax),
            CreditFrames = (int)fields.Number("credit_frames", int.MaxValue),
            CreditBytes = fields.Number("credit_bytes", long.MaxValue),
            ShuffleWindow = (int)fields.Number("shuffle_window", int.MaxValue),
            ShuffleSeed = fields.Number("shuffle_seed", long.MaxValue),
        };
        fields.End();
        return hello;
    }

    /// <summary>Reads a HELLO's version, which is there in every version of the protocol.</summary>
    /// <param name="payload">A payload of that type.</param>
    /// <returns>The version.</returns>
    public static int HelloVersion(ReadOnlySequence<byte> payload) =>
        (int)FrameFields.OpenAny(payload, FrameType.Hello).Number("version", ushort.MaxValue);

    /// <summary>Reads a WELCOME.</summary>
    /// <param name="payload">A payload of that type.</param>
    /// <returns>The frame.</returns>
    public static WelcomeFrame Welcome(ReadOnlySequence<byte> payload)
    {
        FrameFields fields = FrameFields.Open(payload, FrameType.Welcome, 6);
        WelcomeFrame welcome = new(
            (int)fields.Number("version", ushort.MaxValue),
            fields.Text("stream", WireLimits.StreamBytesMax),
            fields.Number("cursor", long.MaxValue),
            fields.Number("last", long.MaxValue),
            (int)fields.Number("frame_bytes_max", int.MaxValue),
            (int)fields.Number("heartbeat_seconds", 86_400));
        fields.End();
        return welcome;
    }

    /// <summary>Reads a CREDIT.</summary>
    /// <param name="payload">A payload of that type.</param>
    /// <returns>The frame.</returns>
    public static CreditFrame Credit(ReadOnlySequence<byte> payload)
    {
        FrameFields fields = FrameFields.Open(payload, FrameType.Credit, 2);
        CreditFrame credit = new(
            (int)fields.Number("frames", int.MaxValue), fields.Number("bytes", long.MaxValue));
        fields.End();
        return credit;
    }

    /// <summary>Reads a SAMPLE.</summary>
    /// <param name="payload">A payload of that type, in one piece; the frame's files lie in it.</param>
    /// <returns>The frame.</returns>
    public static SampleFrame Sample(ReadOnlyMemory<byte> payload)
    {
        FrameFields fields = FrameFields.Open(new ReadOnlySequence<byte>(payload), FrameType.Sample, 8);
        SampleFrame sample = new(
            fields.Number("sequence", long.MaxValue),
            fields.Number("position", long.MaxValue),
            fields.Text("key", WireLimits.KeyBytesMax),
            fields.Text("category", WireLimits.CategoryBytesMax),
            fields.Text("image_format", WireLimits.ExtensionBytesMax),
            fields.Binary("image").First,
            fields.Binary("mask").First,
            fields.Binary("json").First);
        fields.End();
        if (sample.Key.Length == 0 || sample.Key.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            throw new WireFormatException(
                GoAwayCode.Malformed,
                $"Sample.key is not 1 to {WireLimits.KeyBytesMax} of [0-9a-zA-Z_-].");
        }

        return sample.ImageExtension is "png" or "webp" or "jpg"
            ? sample
            : throw new WireFormatException(GoAwayCode.Malformed, "Sample.image_format is not png, webp or jpg.");
    }

    /// <summary>Reads an ACK or a HEARTBEAT.</summary>
    /// <param name="payload">A payload of that type.</param>
    /// <param name="type">Which of the two.</param>
    /// <returns>A position; from a server's HEARTBEAT a sequence.</returns>
    public static long Number(ReadOnlySequence<byte> payload, FrameType type)
    {
        FrameFields fields = FrameFields.Open(payload, type, 1);
        long number = fields.Number(type == FrameType.Ack ? "position" : "number", long.MaxValue);
        fields.End();
        return number;
    }

    /// <summary>Reads a DEMAND.</summary>
    /// <param name="payload">A payload of that type.</param>
    /// <returns>Weights by category, as they came; of a category named twice, the last.</returns>
    public static IReadOnlyDictionary<string, double> Demand(ReadOnlySequence<byte> payload)
    {
        FrameFields fields = FrameFields.OpenAny(payload, FrameType.Demand);
        if (fields.Count % 2 != 0 || fields.Count / 2 > WireLimits.DemandCategoriesMax)
        {
            throw new WireFormatException(
                GoAwayCode.Malformed,
                $"Demand has {fields.Count} fields; it must have pairs of category and weight, at most "
                + $"{WireLimits.DemandCategoriesMax}.");
        }

        Dictionary<string, double> weights = new(StringComparer.Ordinal);
        for (int pairs = fields.Count / 2; pairs > 0; pairs--)
        {
            string category = fields.Text("category", WireLimits.CategoryBytesMax);
            weights[category] = fields.Real("weight", WireLimits.DemandWeightMax);
        }

        fields.End();
        return weights;
    }

    /// <summary>Reads a GOAWAY.</summary>
    /// <param name="payload">A payload of that type.</param>
    /// <returns>The frame; its code may be one of a later version.</returns>
    public static GoAwayFrame GoAway(ReadOnlySequence<byte> payload)
    {
        FrameFields fields = FrameFields.Open(payload, FrameType.GoAway, 3);
        GoAwayFrame away = new(
            (GoAwayCode)fields.Number("code", ushort.MaxValue),
            fields.Text("message", WireLimits.MessageBytesMax),
            fields.NumberOrNil("cursor", long.MaxValue));
        fields.End();
        return away;
    }
}
