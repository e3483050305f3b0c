namespace Engine.Index;

/// <summary>How far a build is.</summary>
/// <param name="Seen">Pictures gone through, those of an earlier run among them.</param>
/// <param name="Resumed">Pictures that an earlier run had done.</param>
/// <param name="Skipped">Pictures left out so far.</param>
/// <param name="Count">How many there are; null where that is not known.</param>
public readonly record struct IndexProgress(long Seen, long Resumed, long Skipped, long? Count);
