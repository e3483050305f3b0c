namespace Engine.Pipeline.Filter;

/// <summary>How filters came to remember what a store holds.</summary>
/// <param name="Kept">Samples whose own embedding was taken.</param>
/// <param name="Rebuilt">Samples that were embedded anew from their pictures.</param>
/// <param name="LeftOut">Samples that could not be read or embedded, one line each, the first hundred.</param>
/// <param name="LeftOutCount">All of those.</param>
public sealed record RestoredSamples(int Kept, int Rebuilt, IReadOnlyList<string> LeftOut, int LeftOutCount);
