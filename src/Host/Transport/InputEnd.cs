namespace Host.Transport;

/// <summary>Why a read of frames ended.</summary>
internal enum InputEnd
{
    /// <summary>The taker wanted no more for now.</summary>
    Enough,

    /// <summary>The peer closed its side between two frames.</summary>
    Closed,

    /// <summary>The peer was gone in the middle of a frame.</summary>
    Torn,
}
