namespace Host.Transport;

/// <summary>The last frame of a server.</summary>
/// <param name="Code">Why.</param>
/// <param name="Message">The value and the bound, for a person.</param>
/// <param name="ResumeCursor">The rank's cursor as the server knows it; null before the welcome.</param>
public readonly record struct GoAwayFrame(GoAwayCode Code, string Message, long? ResumeCursor);
