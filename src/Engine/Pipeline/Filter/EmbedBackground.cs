namespace Engine.Pipeline.Filter;

/// <summary>What stands outside the object when it is embedded.</summary>
public enum EmbedBackground
{
    /// <summary>Black, as DiverGen's filter does.</summary>
    Black,

    /// <summary>White.</summary>
    White,

    /// <summary>What the picture shows there.</summary>
    Keep,
}
