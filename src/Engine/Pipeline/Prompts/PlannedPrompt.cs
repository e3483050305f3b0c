namespace Engine.Pipeline.Prompts;

/// <summary>A prompt the planner holds, and which of its tries comes next.</summary>
/// <remarks>Not safe by itself: every use is under the planner's gate.</remarks>
internal sealed class PlannedPrompt(string id, string text, ulong? seed, int ordinal, EndedTries ended)
{
    private int _holesUsed;
    private int _next = ended.NextAttempt;

    public string Id => id;

    public string Text => text;

    public ulong? Seed => seed;

    /// <summary>Its place among the category's prompts.</summary>
    public int Ordinal => ordinal;

    /// <summary>The lowest attempt that was neither ended nor issued.</summary>
    public int NextAttempt => _holesUsed < ended.Holes.Count ? ended.Holes[_holesUsed] : _next;

    /// <summary>Takes the next attempt.</summary>
    public int Issue()
    {
        int attempt = NextAttempt;
        if (_holesUsed < ended.Holes.Count)
        {
            _holesUsed++;
        }
        else
        {
            _next++;
        }

        return attempt;
    }
}
