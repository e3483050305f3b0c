namespace Engine.Runtimes.Clip;

/// <summary>What a character is to CLIP's pattern.</summary>
internal enum ClipCharacter
{
    /// <summary>Anything that is none of the others: marks, signs, symbols, emoji.</summary>
    Other,

    /// <summary>Unicode category L.</summary>
    Letter,

    /// <summary>Unicode category N; each stands alone.</summary>
    Digit,

    /// <summary>Parts pieces and belongs to none.</summary>
    Space,
}
