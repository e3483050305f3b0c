using Engine.Pipeline.Deliver;
using Host.Tls;

namespace Host.Transport;

/// <summary>What a client asks of a server, and what it lets the server do. Immutable.</summary>
public sealed record WireClientOptions
{
    /// <summary>Where the server is.</summary>
    public required WireAddress Address { get; init; }

    /// <summary>The consumer group, 1 to 64 of [a-zA-Z0-9_.-].</summary>
    public required string Group { get; init; }

    /// <summary>From 0 and below <see cref="World"/>. Default 0.</summary>
    public int Rank { get; init; }

    /// <summary>Ranks that share the group's samples, at least 1. Default 1.</summary>
    public int World { get; init; } = 1;

    /// <summary>The server's token; null when it has none.</summary>
    public string? Token { get; init; }

    /// <summary>Whom to believe at a <c>tls://</c> address. Default: whom the system believes.</summary>
    public ClientTrust Trust { get; init; } = new();

    /// <summary>Go on after this position; null for where the server thinks the rank is.</summary>
    public long? Cursor { get; init; }

    /// <summary>The stream that <see cref="Cursor"/> belongs to; null when unknown.</summary>
    public string? StreamId { get; init; }

    /// <summary>Samples in a block of the group's shuffled order, 0 to 65,536; 0 for the order of sequences. Default
    /// 0. All ranks of a group say the same.</summary>
    public int ShuffleWindow { get; init; }

    /// <summary>The seed of that order, from 0. Default 0.</summary>
    public long ShuffleSeed { get; init; }

    /// <summary>Samples on their way or waiting to be taken, at most. 1 to 1,048,576. Default 64.</summary>
    public int CreditFrames { get; init; } = 64;

    /// <summary>Bytes of them; one frame more may come. 1 B to 1 TiB. Default 64 MiB.</summary>
    public long CreditBytes { get; init; } = 64L << 20;

    /// <summary>Longest payload the client takes. In bytes, 64 KiB to 2 GiB - 1. Default 64 MiB.</summary>
    public int FrameBytesMax { get; init; } = 64 << 20;

    /// <summary>How long one attempt to connect and be welcomed may take, and for how long a server may take nothing of
    /// what is sent to it before the connection is given up. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The first pause before connecting again; each later one is twice as long. Default 250 ms.</summary>
    public TimeSpan RetryDelayFirst { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest such pause. Default 30 s.</summary>
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Give up after so long without a server; infinite for never. Default infinite.</summary>
    public TimeSpan RetryFor { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Returns these options when valid.</summary>
    /// <returns>This instance.</returns>
    /// <exception cref="ArgumentException">A value is out of range; the message says which.</exception>
    public WireClientOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(World, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Rank, World);
        ArgumentOutOfRangeException.ThrowIfNegative(ShuffleWindow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ShuffleWindow, DeliveryOrder.WindowMax);
        ArgumentOutOfRangeException.ThrowIfNegative(ShuffleSeed);
        ArgumentOutOfRangeException.ThrowIfLessThan(CreditFrames, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CreditFrames, WireLimits.CreditFramesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(CreditBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CreditBytes, WireLimits.CreditBytesMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(FrameBytesMax, WireLimits.ClientFrameBytesMax);
        return this;
    }
}
