namespace Engine.Pipeline.Prompts;

/// <summary>How a category stands.</summary>
public enum CategoryState
{
    /// <summary>It wants more samples and may get them.</summary>
    Open,

    /// <summary>It has all the accepted samples it wants.</summary>
    Filled,

    /// <summary>It wants more samples and has no try left for them; new prompts may open it again.</summary>
    Exhausted,
}
