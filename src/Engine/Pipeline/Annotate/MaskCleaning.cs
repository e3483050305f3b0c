using Kernels.Masks;

namespace Engine.Pipeline.Annotate;

/// <summary>Takes from a mask what is not the object.</summary>
internal static class MaskCleaning
{
    /// <summary>Cleans in place: (1) erosion, (2) largest part, (3) holes.</summary>
    public static void Run(Span<byte> mask, int width, int height, AnnotateOptions options)
    {
        Morphology.Erode(mask, width, height, options.ErodePx);
        if (options.LargestComponentOnly)
        {
            LargestComponent.Keep(mask, width, height);
        }

        if (options.FillHoles)
        {
            FillHoles.Run(mask, width, height);
        }
    }
}
