namespace Engine.Tests;

/// <summary>Tests that measure the process itself: no other test runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
