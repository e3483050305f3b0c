namespace Engine.Items;

/// <summary>A picture with the mask of its one object; it passed the quality gates.</summary>
public sealed record Annotated
{
    /// <summary>The picture.</summary>
    public required Picture Picture { get; init; }

    /// <summary>The object's mask, the picture's size, not empty.</summary>
    public required BinaryMask Mask { get; init; }

    /// <summary>The mask's tight box in px.</summary>
    public required Box Box { get; init; }

    /// <summary>Pixels set in the mask.</summary>
    public required int AreaPx { get; init; }

    /// <summary>The annotator's configured name.</summary>
    public required string Annotator { get; init; }

    /// <summary>The model's own estimate of the mask's IoU, about 0 to 1; NaN when it gives none.</summary>
    public required double PredictedIou { get; init; }

    /// <summary>The gates' measures by name (area_ratio, border_px ...), for the lineage.</summary>
    public required IReadOnlyDictionary<string, double> Measures { get; init; }

    /// <summary>What the item weighs in a stage's byte account.</summary>
    public long Bytes => Picture.Bytes + Mask.Bytes + 256;
}
