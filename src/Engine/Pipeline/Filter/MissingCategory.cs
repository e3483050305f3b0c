namespace Engine.Pipeline.Filter;

/// <summary>What happens to a sample of a category that has no real pictures.</summary>
public enum MissingCategory
{
    /// <summary>It passes, without a score.</summary>
    Pass,

    /// <summary>It is rejected.</summary>
    Reject,

    /// <summary>It passes when it does not look like a known category, and agrees with its text.</summary>
    FallBack,
}
