namespace Kernels.Compositing;

/// <summary>Pastes cut-outs on a picture and says what is seen of every object.</summary>
/// <remarks>
/// <para>A cut-out is sampled between its pixels (half-pixel centres), colours weighted by their alpha, so what lies
/// beside the object never bleeds in. All is whole numbers: weights are 256ths, alpha and colour are rounded to bytes
/// once, so every device gives the same bytes.</para>
/// <para>An object's mask is where its sampled alpha is 128 or more, whatever its opacity and feather; a paste hides
/// the masks of all objects before it there. Whether what is left of an object suffices is the caller's rule.</para>
/// <para>Nothing here can be other than finite: bytes and whole numbers. One call at a time.</para>
/// </remarks>
public interface IComposite : IDisposable
{
    /// <summary>Pastes, in order.</summary>
    /// <param name="picture">[height, width, 3] bytes; changed in place.</param>
    /// <param name="width">Columns, 1 to <see cref="Composite.SideMaxPx"/>.</param>
    /// <param name="height">Rows, the same bounds.</param>
    /// <param name="cutouts">Pixels of all cut-outs, 4 bytes each: red, green, blue, alpha (not multiplied in).</param>
    /// <param name="pastes">n pastes; the later lies above the earlier. They may share a cut-out.</param>
    /// <param name="objects">[E, height, ceil(width / 32)]: packed masks of objects on the picture, below all pastes;
    /// the bits beyond the last column are 0.</param>
    /// <param name="bits">Receives [E + n, height, ceil(width / 32)]: the visible masks, in that order. Apart from
    /// <paramref name="objects"/>.</param>
    /// <param name="records">Receives E + n records.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is out of its bounds.</exception>
    /// <exception cref="ArgumentException">A length does not fit, or a paste has a value out of its bounds.</exception>
    /// <exception cref="Device.KernelDeviceException">The device failed.</exception>
    void Run(
        Span<byte> picture, int width, int height, ReadOnlySpan<byte> cutouts, ReadOnlySpan<Paste> pastes,
        ReadOnlySpan<uint> objects, Span<uint> bits, Span<CompositeRecord> records);
}
