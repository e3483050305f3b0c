using Kernels.Masks;

namespace Engine.Pipeline.Annotate;

/// <summary>Takes from a mask what is not the object, and gives it what is.</summary>
internal static class MaskCleaning
{
    /// <summary>Cleans in place: (1) small holes are filled, before (2) the erosion would make large ones of them;
    /// (3) parts are dropped, after the erosion thinned the specks along the border and cut them off.</summary>
    public static void Run(Span<byte> mask, int width, int height, int tooWidePx, AnnotateOptions options)
    {
        if (options.FillHoles)
        {
            int boundPx = (int)(options.HoleRatioMax * mask.Count((byte)1));
            FillHoles.Run(mask, width, height, options.HoleRatioMax < 1 ? boundPx : int.MaxValue);
        }

        int erodePx = options.ErodePx < 0 ? tooWidePx : options.ErodePx;
        Morphology.Erode(mask, width, height, AnnotateOptions.Scale(erodePx, width, height));
        if (options.LargestComponentOnly)
        {
            LargestComponent.Keep(mask, width, height);
        }
        else
        {
            LargestComponent.KeepLarge(mask, width, height, options.PartRatioMin);
        }
    }
}
