namespace Host.Transport;

/// <summary>The bounds of the protocol, version 2. Both sides hold them before they allocate anything.</summary>
public static class WireLimits
{
    /// <summary>The protocol's version.</summary>
    public const int Version = 2;

    /// <summary>Bytes before a frame's payload: its length, unsigned, big-endian.</summary>
    public const int PrefixBytes = 4;

    /// <summary>Longest payload from a client, and from a server before and with its welcome. In bytes.</summary>
    public const int ClientFrameBytesMax = 64 << 10;

    /// <summary>What a sample's frame has besides picture, mask and JSON, at most. In bytes.</summary>
    public const int SampleOverheadBytesMax = 4 << 10;

    /// <summary>Longest token in UTF-8 bytes.</summary>
    public const int TokenBytesMax = 256;

    /// <summary>Longest name of a group in UTF-8 bytes.</summary>
    public const int GroupBytesMax = 64;

    /// <summary>Longest name of a stream in UTF-8 bytes.</summary>
    public const int StreamBytesMax = 64;

    /// <summary>Longest key of a sample in UTF-8 bytes.</summary>
    public const int KeyBytesMax = 80;

    /// <summary>Longest name of a category in UTF-8 bytes.</summary>
    public const int CategoryBytesMax = 1024;

    /// <summary>Most categories in a DEMAND.</summary>
    public const int DemandCategoriesMax = 4096;

    /// <summary>Largest weight in a DEMAND.</summary>
    public const double DemandWeightMax = 1e9;

    /// <summary>Longest file name ending in UTF-8 bytes.</summary>
    public const int ExtensionBytesMax = 8;

    /// <summary>Longest message of a GOAWAY in UTF-8 bytes; a longer one is cut.</summary>
    public const int MessageBytesMax = 512;

    /// <summary>Most frames an account may hold.</summary>
    public const int CreditFramesMax = 1 << 20;

    /// <summary>Most bytes an account may hold: 1 TiB.</summary>
    public const long CreditBytesMax = 1L << 40;
}
