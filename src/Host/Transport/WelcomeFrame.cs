namespace Host.Transport;

/// <summary>The answer to a hello that the server accepts.</summary>
/// <param name="Version">The version that both sides speak from here on.</param>
/// <param name="StreamId">Names the stream that sequences belong to.</param>
/// <param name="Cursor">The samples come from after this position of the group's order.</param>
/// <param name="LastSequence">The newest sample that is stored.</param>
/// <param name="FrameBytesMax">No later payload of this server is longer. In bytes.</param>
/// <param name="HeartbeatSeconds">Each side sends something at least so often.</param>
public readonly record struct WelcomeFrame(
    int Version, string StreamId, long Cursor, long LastSequence, int FrameBytesMax, int HeartbeatSeconds);
