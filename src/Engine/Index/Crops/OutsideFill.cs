namespace Engine.Index.Crops;

/// <summary>What stands outside the object in a crop.</summary>
public enum OutsideFill
{
    /// <summary>The picture there, blurred, as DiverGen's crops have it.</summary>
    Blur,

    /// <summary>Black, as a generated picture is embedded by default.</summary>
    Black,

    /// <summary>White.</summary>
    White,

    /// <summary>The picture as it is.</summary>
    None,
}
