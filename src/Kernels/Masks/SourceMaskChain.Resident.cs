using Kernels.Device;

namespace Kernels.Masks;

/// <content>Logits that are on the device already, as a model leaves them, and masks that stay there: one record a
/// picture travels, and the masks of those that are kept.</content>
public sealed partial class SourceMaskChain
{
    private int _resident; // Pictures whose masks are still there.

    /// <summary>Makes the masks of logits on the device and leaves them there.</summary>
    /// <param name="logits">[B, h, w] f32, row-major, or more. B is the number of records.</param>
    /// <param name="width">w, columns of the logits; 1 to <see cref="MaskChain.SideMaxPx"/>.</param>
    /// <param name="height">h, rows of the logits; the same bounds.</param>
    /// <param name="options">The steps' parameters.</param>
    /// <param name="targetWidth">W, columns of the masks; the same bounds.</param>
    /// <param name="targetHeight">H, rows of the masks; the same bounds.</param>
    /// <param name="records">Receives a record a picture, as <see cref="IMaskChain.Run"/> gives them.</param>
    /// <exception cref="ArgumentException">There are fewer logits, or more pictures than the scratch memory holds at
    /// once; a side or an option is out of its bounds.</exception>
    /// <exception cref="KernelDeviceException">The device failed.</exception>
    public void Run(
        DeviceBuffer<float> logits, int width, int height, MaskChainOptions options, int targetWidth, int targetHeight,
        Span<MaskRecord> records)
    {
        ArgumentNullException.ThrowIfNull(logits);
        long needed = (long)records.Length * width * height;
        MaskChain.Check(
            Math.Min(needed, logits.Count), width, height, options, targetWidth, targetHeight,
            (long)records.Length * targetHeight * MaskBits.Words(targetWidth), records.Length);
        _resident = 0;
        int most = Prepare(width, height, targetWidth, targetHeight);
        if (records.Length > most)
        {
            throw new ArgumentException(
                $"{records.Length} pictures of {targetWidth} x {targetHeight} px do not fit the scratch memory at "
                + $"once; {most} do.", nameof(records));
        }

        if (records.IsEmpty)
        {
            return;
        }

        _pictures = records.Length;
        Make(logits, width, height, options);
        _device.Download(_records.Buffer, records);
        _resident = _pictures;
    }

    /// <summary>Copies one mask of the last <see cref="Run(DeviceBuffer{float}, int, int, MaskChainOptions, int, int,
    /// Span{MaskRecord})"/> from the device.</summary>
    /// <param name="picture">Which, from 0.</param>
    /// <param name="bits">Receives [H, ceil(W / 32)], as <see cref="IMaskChain.Run"/> gives them.</param>
    /// <exception cref="ArgumentException">There is no such picture, or the length is another.</exception>
    /// <exception cref="KernelDeviceException">The device failed.</exception>
    public void Fetch(int picture, Span<uint> bits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(picture);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(picture, _resident);
        if (bits.Length != _plane)
        {
            throw new ArgumentException($"bits has {bits.Length} values; [{_height}, {_words}] needs {_plane}.");
        }

        _device.Download(_bits.Buffer, bits, (long)picture * _plane);
    }
}
