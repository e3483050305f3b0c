namespace Engine.Crops;

/// <summary>What stands outside the object in a crop.</summary>
public enum OutsideFill
{
    /// <summary>The picture there, blurred, as DiverGen's crops of real pictures have it.</summary>
    Blur,

    /// <summary>Black, as DiverGen's generated pictures have it.</summary>
    Black,

    /// <summary>White.</summary>
    White,

    /// <summary>The picture as it is.</summary>
    None,
}
