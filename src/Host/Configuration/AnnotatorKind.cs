namespace Host.Configuration;

/// <summary>The family of the annotator.</summary>
internal enum AnnotatorKind
{
    /// <summary>Segment Anything with the four corners as background.</summary>
    Sam,

    /// <summary>A salient-object model of the U2-Net family.</summary>
    Salient,
}
