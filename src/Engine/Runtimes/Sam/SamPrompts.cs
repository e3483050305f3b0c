using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Sam;

/// <summary>What the layouts with an earlier mask and a picture size have in common.</summary>
internal static class SamPrompts
{
    /// <summary>Size of the earlier-mask input, which is fed as zeros and flagged as absent.</summary>
    /// <exception cref="ModelException">WrongRole: the model leaves the size open.</exception>
    public static (int Height, int Width) EarlierMask(OnnxModel model) =>
        model.Inputs["mask_input"].Dimensions is [_, _, > 0 and var height, > 0 and var width]
            ? (height, width)
            : throw model.WrongRole("expected mask_input [?, 1, height, width] with its size declared");

    /// <summary>The size asked of a decoder that enlarges its masks itself: the picture's, but not beyond what the
    /// frame resolves, because four f32 masks of an 8,192 px picture would take 1 GiB.</summary>
    public static (int Height, int Width) BoundedSize(SamFrame frame) =>
        frame.ImageWidth <= frame.Width && frame.ImageHeight <= frame.Height
            ? (frame.ImageHeight, frame.ImageWidth)
            : (frame.ContentHeight, frame.ContentWidth);
}
