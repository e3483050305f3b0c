using Engine.Items;

namespace Engine.Pipeline.Deliver;

/// <summary>An accepted sample with its place in the log.</summary>
/// <param name="Sequence">From 1, without gaps, in the order of acceptance.</param>
/// <param name="Sample">The sample; not to be changed.</param>
public readonly record struct LoggedSample(long Sequence, Sample Sample);
