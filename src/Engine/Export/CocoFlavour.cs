namespace Engine.Export;

/// <summary>Whose readers the file is for.</summary>
public enum CocoFlavour
{
    /// <summary>COCO's instances.json; the segmentation is run-length text.</summary>
    Coco,

    /// <summary>LVIS' form of it: frequencies and counts of categories, and lists of what was not annotated.</summary>
    Lvis,
}
