namespace Engine.Pipeline.Filter;

/// <summary>Which cosines to a category's real pictures make the score.</summary>
public enum RealScore
{
    /// <summary>The mean of all.</summary>
    Mean,

    /// <summary>The mean of the largest few.</summary>
    Nearest,

    /// <summary>The cosine to their mean picture less the largest one to another category's.</summary>
    Margin,
}
