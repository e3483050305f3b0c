namespace Engine.Pipeline.Annotate;

/// <summary>Which of the masks a model proposes becomes the sample's.</summary>
public enum MaskChoice
{
    /// <summary>The one with the highest predicted IoU; the first where the model predicts none.</summary>
    BestIou,

    /// <summary>The one of a fixed index; the last where there are fewer.</summary>
    Index,
}
