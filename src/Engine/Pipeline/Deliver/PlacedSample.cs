using Engine.Items;

namespace Engine.Pipeline.Deliver;

/// <summary>An accepted sample with its place in a group's order.</summary>
/// <param name="Position">From 1, without gaps, in the group's order; what cursors and acknowledgements count.</param>
/// <param name="Sequence">Its place in the log.</param>
/// <param name="Sample">The sample; not to be changed.</param>
public readonly record struct PlacedSample(long Position, long Sequence, Sample Sample);
