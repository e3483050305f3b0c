namespace Engine.Runtimes.Clip;

/// <summary>The ids of the tokens that stand for no text.</summary>
/// <param name="Start">Before the text.</param>
/// <param name="End">After the text.</param>
/// <param name="Padding">After the end, up to the context: the end again in SD 1.x, "!" in SD 2.x.</param>
/// <param name="Ids">Start and end by their spelling: a prompt that spells one means it, as with the reference.</param>
internal sealed record ClipSpecials(int Start, int End, int Padding, IReadOnlyDictionary<string, int> Ids);
