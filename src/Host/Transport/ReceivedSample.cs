namespace Host.Transport;

/// <summary>A sample and what its frame weighs in the credit account.</summary>
/// <param name="Frame">The sample.</param>
/// <param name="FrameBytes">Prefix and payload.</param>
/// <param name="Slab">Where it lies; held for it.</param>
internal readonly record struct ReceivedSample(SampleFrame Frame, int FrameBytes, ReceiveSlab Slab);
