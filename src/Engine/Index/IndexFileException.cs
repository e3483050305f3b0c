namespace Engine.Index;

/// <summary>An index file cannot be used.</summary>
/// <param name="path">The file.</param>
/// <param name="problem">What is wrong with it.</param>
public sealed class IndexFileException(string path, string problem)
    : IOException($"The index {path} cannot be used: {problem}.");
