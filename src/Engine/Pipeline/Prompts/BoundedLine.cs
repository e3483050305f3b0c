namespace Engine.Pipeline.Prompts;

/// <summary>One line of an input, or the end that a limit set.</summary>
/// <param name="Number">The line's number, from 1.</param>
/// <param name="Bytes">The line without its end; valid until the next is read. Empty when there is a problem.</param>
/// <param name="Problem">Null, or which bound the line or the whole input is over.</param>
/// <param name="ReadingEnded">True when a bound on the whole input stopped the reading at this line.</param>
internal readonly record struct BoundedLine(
    long Number, ReadOnlyMemory<byte> Bytes, string? Problem = null, bool ReadingEnded = false);
