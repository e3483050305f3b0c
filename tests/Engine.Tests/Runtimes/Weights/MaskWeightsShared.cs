namespace Engine.Tests.Runtimes.Weights;

/// <summary>Tests that share one SAM 2 session: it takes seconds to load and 2 GB to run.</summary>
[CollectionDefinition(MaskWeights.Collection)]
public sealed class MaskWeightsShared : ICollectionFixture<MaskWeights>;
