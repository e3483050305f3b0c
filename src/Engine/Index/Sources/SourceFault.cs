namespace Engine.Index.Sources;

/// <summary>Why an item of a source was passed over. A fixed set, so that it can be counted.</summary>
public enum SourceFault
{
    /// <summary>A field that is needed is missing or has another type.</summary>
    WrongField,

    /// <summary>An item takes more bytes than are read of one.</summary>
    TooLarge,

    /// <summary>A number that names an image, a category or an instance is used twice; the first stays.</summary>
    DuplicateId,

    /// <summary>An annotation names an image that is not listed.</summary>
    UnknownImage,

    /// <summary>An annotation names a category that is not listed.</summary>
    UnknownCategory,

    /// <summary>A box has no width or height, or is not of finite numbers.</summary>
    BoxEmpty,

    /// <summary>A box lies outside the picture.</summary>
    BoxOutside,

    /// <summary>A polygon has an odd number of coordinates, or fewer than three points.</summary>
    PolygonShape,

    /// <summary>The polygons enclose nothing.</summary>
    PolygonEmpty,

    /// <summary>The polygons lie outside the picture, or a coordinate is not a sensible number.</summary>
    PolygonOutside,

    /// <summary>The runs are of a picture of another size, or longer or shorter than the picture.</summary>
    RunsLength,

    /// <summary>The compressed text of the runs is wrong.</summary>
    RunsText,

    /// <summary>The mask has no pixel.</summary>
    MaskEmpty,

    /// <summary>A file's name leads out of the folder.</summary>
    ImageName,

    /// <summary>An image file is not there.</summary>
    ImageMissing,

    /// <summary>An image file cannot be read or decoded.</summary>
    ImageUnreadable,

    /// <summary>An image file has another size than the source says.</summary>
    ImageSize,

    /// <summary>An embedding has a number that is not finite, or no length.</summary>
    EmbeddingValue,

    /// <summary>An embedding has another width than the first one.</summary>
    EmbeddingWidth,
}
