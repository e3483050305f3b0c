namespace Kernels.Masks;

/// <summary>Makes the masks of a batch of pictures from a model's logits, in one go.</summary>
/// <remarks>
/// The steps: (1) linear interpolation to the picture's size; (2) threshold; (3) the other way round, if asked;
/// (4) erosion or dilation by a disc; (5) the largest 8-connected part; (6) holes filled; (7) measures. All
/// implementations give the same bits: the interpolation rounds in a fixed order, the rest is whole numbers.
/// One call at a time.
/// </remarks>
public interface IMaskChain : IDisposable
{
    /// <summary>Makes the masks.</summary>
    /// <param name="logits">[B, h, w] f32, row-major. B is the number of records.</param>
    /// <param name="width">w, columns of the logits; 1 to <see cref="MaskChain.SideMaxPx"/>.</param>
    /// <param name="height">h, rows of the logits; the same bounds.</param>
    /// <param name="options">The steps' parameters.</param>
    /// <param name="targetWidth">W, columns of the masks; the same bounds.</param>
    /// <param name="targetHeight">H, rows of the masks; the same bounds.</param>
    /// <param name="bits">Receives [B, H, ceil(W / 32)]: 32 pixels a word, the lowest bit leftmost; the bits beyond the
    /// last column are 0.</param>
    /// <param name="records">Receives a record a picture. A picture with a logit that is not finite gets an empty mask
    /// and <see cref="MaskFaults.NotFinite"/>; the others are not touched by it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is out of its bounds.</exception>
    /// <exception cref="ArgumentException">A length does not fit the others, or the options have problems.</exception>
    /// <exception cref="Device.KernelDeviceException">The device failed.</exception>
    void Run(
        ReadOnlySpan<float> logits, int width, int height, MaskChainOptions options, int targetWidth, int targetHeight,
        Span<uint> bits, Span<MaskRecord> records);
}
