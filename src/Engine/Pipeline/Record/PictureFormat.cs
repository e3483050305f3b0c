namespace Engine.Pipeline.Record;

/// <summary>The file format in which accepted pictures are kept.</summary>
public enum PictureFormat
{
    /// <summary>Without loss.</summary>
    Png,

    /// <summary>With or without loss.</summary>
    Webp,

    /// <summary>With loss.</summary>
    Jpeg,
}
