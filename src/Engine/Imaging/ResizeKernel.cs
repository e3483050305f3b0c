namespace Engine.Imaging;

/// <summary>How pixels are weighed when a picture is resized; when it shrinks, every kernel is widened by the factor.
/// </summary>
public enum ResizeKernel
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>A triangle over 2 px.</summary>
    Bilinear,

    /// <summary>Catmull-Rom over 4 px (a = -0.5).</summary>
    Bicubic,

    /// <summary>A windowed sinc over 6 px.</summary>
    Lanczos3,
}
