namespace Engine.Index.Sources;

/// <summary>One real object in a picture.</summary>
/// <param name="Id">The source's own number for it.</param>
/// <param name="Image">The picture.</param>
/// <param name="Category">What it is.</param>
/// <param name="Box">Where it is; null means the whole picture.</param>
/// <param name="Segmentation">Its outline; null when the source has none.</param>
/// <param name="IsCrowd">Whether it is a group that was marked as one.</param>
/// <param name="AreaPx">Its area in px as the source says; null when it does not.</param>
public sealed record RealInstance(
    long Id,
    RealImage Image,
    RealCategory Category,
    RealBox? Box,
    RealSegmentation? Segmentation,
    bool IsCrowd,
    double? AreaPx);
