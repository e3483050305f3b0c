namespace Engine.Items;

/// <summary>The fixed set of reasons for which a try ends without a sample; each is a metric tag.</summary>
public static class RejectReason
{
    /// <summary>The generator has nothing for this category or prompt.</summary>
    public const string NoSource = "no_source";

    /// <summary>A source picture could not be decoded: truncated, empty, unsupported or over a limit.</summary>
    public const string BadImage = "bad_image";

    /// <summary>The generator failed on this prompt.</summary>
    public const string GeneratorFailed = "generator_failed";

    /// <summary>The picture is of one colour.</summary>
    public const string Blank = "blank";

    /// <summary>A model's output holds NaN or infinity.</summary>
    public const string NonFinite = "nonfinite";

    /// <summary>The annotator's predicted IoU is below the bound.</summary>
    public const string PredictedIouLow = "predicted_iou_low";

    /// <summary>The mask covers too little of the picture.</summary>
    public const string AreaLow = "area_low";

    /// <summary>The mask covers too much of the picture.</summary>
    public const string AreaHigh = "area_high";

    /// <summary>The mask touches the picture's border on more px than allowed.</summary>
    public const string TouchesBorder = "touches_border";

    /// <summary>What is left outside the mask is not a plain background.</summary>
    public const string BackgroundNotPlain = "background_not_plain";

    /// <summary>The mask is empty.</summary>
    public const string Empty = "empty";

    /// <summary>A filter's score is not at or above its threshold.</summary>
    public const string ScoreLow = "score_low";

    /// <summary>A filter's score is above its bound.</summary>
    public const string ScoreHigh = "score_high";

    /// <summary>The object is too like a real picture.</summary>
    public const string NearCopy = "near_copy";

    /// <summary>The object is too like one that was accepted before, or is about to be.</summary>
    public const string NearDuplicate = "near_duplicate";

    /// <summary>The category has no real picture, and the object looks like one of another category that has some.
    /// </summary>
    public const string OtherCategory = "other_category";

    /// <summary>The encoded sample is larger than the store or the wire may carry.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The store holds a sample of this key already.</summary>
    public const string Duplicate = "duplicate";

    /// <summary>Every reason.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        NoSource, BadImage, GeneratorFailed, Blank, NonFinite, PredictedIouLow, AreaLow, AreaHigh, TouchesBorder,
        BackgroundNotPlain, Empty, ScoreLow, ScoreHigh, NearCopy, NearDuplicate, OtherCategory, TooLarge, Duplicate,
    ];
}
