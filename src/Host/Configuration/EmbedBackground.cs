namespace Host.Configuration;

/// <summary>What stands outside the object in a whole picture.</summary>
internal enum EmbedBackground
{
    /// <summary>Black.</summary>
    Black,

    /// <summary>White.</summary>
    White,

    /// <summary>What the picture shows there.</summary>
    Keep,
}
