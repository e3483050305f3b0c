namespace Host.Transport;

/// <summary>A sample and what its frame weighs in the credit account.</summary>
/// <param name="Frame">The sample.</param>
/// <param name="FrameBytes">Prefix and payload.</param>
internal readonly record struct ReceivedSample(SampleFrame Frame, int FrameBytes);
