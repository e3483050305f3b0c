namespace Engine.Runtimes.Clip;

/// <summary>A text as the text encoder takes it.</summary>
/// <param name="Ids">[context] ids: start, the text's, end, padding.</param>
/// <param name="Used">How many of them are not padding, start and end included.</param>
/// <param name="Cut">How many tokens of the text did not fit; 0 mostly.</param>
internal sealed record ClipTokens(int[] Ids, int Used, int Cut);
