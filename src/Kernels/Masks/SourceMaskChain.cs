// SourceMaskChain: the mask chain on a device that builds MaskChain.cl, one chain of launches for as many pictures as
// the scratch memory holds. Logits go there; bits and records come back. Or logits are there already, only records come
// back, and masks as they are asked for (SourceMaskChain.Resident.cs).
//
// Memory   per picture 4*h*w + 20 * H*W/8 B, and 16 B a place of a segment (H*W/4 of them): 1024 x 1024 takes 7 MB with
//          256 x 256 logits. Chunks keep it below ScratchBytesMax and a quarter of the device.
using Kernels.Device;

namespace Kernels.Masks;

/// <summary>The mask chain on OpenCl and Cuda devices.</summary>
public sealed partial class SourceMaskChain : IMaskChain
{
    private const string Source = "Masks/MaskChain.cl";
    private const long ScratchBytesMax = 1L << 30;
    private const int GroupItems = 256;
    private const int StateInts = 16;
    private const int PlacesPerWord = 16;
    private const int ChunkMax = 16_384;
    private const int CutRows = 32; // Rows that 32 work-items cut together.
    private const int MeasureWords = 2048; // Words of a picture that a group measures.

    private readonly ISourceDevice _device;
    private readonly IKernelProgram _program;
    private readonly MaskTaps _columns = new();
    private readonly MaskTaps _rows = new();
    private readonly GrowingBuffer<float> _logits;
    private readonly GrowingBuffer<int> _lefts;
    private readonly GrowingBuffer<float> _rightWeights;
    private readonly GrowingBuffer<int> _tops;
    private readonly GrowingBuffer<float> _lowerWeights;
    private readonly GrowingBuffer<uint> _bits;
    private readonly GrowingBuffer<uint> _from;
    private readonly GrowingBuffer<uint> _to;
    private readonly GrowingBuffer<uint> _reached;
    private readonly GrowingBuffer<int> _labels;
    private readonly GrowingBuffer<int> _areas;
    private readonly GrowingBuffer<int> _state;
    private readonly GrowingBuffer<MaskRecord> _records;

    // Of the call that runs.
    private int _pictures;
    private int _width;
    private int _height;
    private int _words;
    private int _plane;
    private int _last;

    /// <summary>Builds the kernels.</summary>
    /// <param name="device">The device; it outlives the chain.</param>
    /// <exception cref="KernelDeviceException">They cannot be built.</exception>
    public SourceMaskChain(ISourceDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _program = device.Build(KernelSource.Embedded(
            Source, "G256", new KeyValuePair<string, int>("GROUP_ITEMS", GroupItems)));
        (_logits, _rightWeights, _lowerWeights) = (new(device), new(device), new(device));
        (_lefts, _tops, _labels, _areas, _state) =
            (new(device), new(device), new(device), new(device), new(device));
        (_bits, _from, _to, _reached) = (new(device), new(device), new(device), new(device));
        _records = new(device);
    }

    /// <inheritdoc/>
    public void Run(
        ReadOnlySpan<float> logits, int width, int height, MaskChainOptions options, int targetWidth, int targetHeight,
        Span<uint> bits, Span<MaskRecord> records)
    {
        MaskChain.Check(
            logits.Length, width, height, options, targetWidth, targetHeight, bits.Length, records.Length);
        _resident = 0;
        int chunk = Prepare(width, height, targetWidth, targetHeight);
        for (int from = 0; from < records.Length; from += chunk)
        {
            _pictures = Math.Min(chunk, records.Length - from);
            int pixels = width * height;
            _device.Upload(
                logits.Slice(from * pixels, _pictures * pixels), _logits.Reserve((long)_pictures * pixels));
            Make(_logits.Buffer, width, height, options);
            _device.Download(_bits.Buffer, bits.Slice(from * _plane, _pictures * _plane));
            _device.Download(_records.Buffer, records.Slice(from, _pictures));
        }
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        foreach (IDisposable array in (IDisposable[])[
            _logits, _lefts, _rightWeights, _tops, _lowerWeights, _bits, _from, _to, _reached, _labels, _areas, _state,
            _records])
        {
            array.Dispose();
        }
    }

    // How many pictures go at once.
    private int Prepare(int width, int height, int targetWidth, int targetHeight)
    {
        PutTaps(width, height, targetWidth, targetHeight);
        (_width, _height, _words) = (targetWidth, targetHeight, MaskBits.Words(targetWidth));
        (_plane, _last) = (_words * targetHeight, (int)MaskBits.LastWord(targetWidth));
        return ChunkOf(width * height);
    }

    private void Make(DeviceBuffer<float> logits, int width, int height, MaskChainOptions options)
    {
        Reserve(options);
        Cut(logits, width, height, options);
        Spread(options.ErodePx);
        Clean(options);
    }

    private void PutTaps(int width, int height, int targetWidth, int targetHeight)
    {
        if (_columns.Prepare(width, targetWidth))
        {
            _device.Upload(_columns.Lefts, _lefts.Reserve(_columns.Lefts.Length));
            _device.Upload(_columns.Weights, _rightWeights.Reserve(_columns.Weights.Length));
        }

        if (_rows.Prepare(height, targetHeight))
        {
            _device.Upload(_rows.Lefts, _tops.Reserve(_rows.Lefts.Length));
            _device.Upload(_rows.Weights, _lowerWeights.Reserve(_rows.Weights.Length));
        }
    }

    // Places are counted in an int, which bounds a chunk as well.
    private int ChunkOf(int pixels)
    {
        long bytes = (4L * pixels) + (16L * _plane) + (8L * PlacesPerWord * _plane);
        long most = Math.Min(ScratchBytesMax, _device.MemoryBytes / 4) / bytes;
        long countable = int.MaxValue / Math.Max(pixels, (long)PlacesPerWord * _plane);
        return (int)Math.Clamp(Math.Min(most, countable), 1, ChunkMax);
    }

    private void Reserve(MaskChainOptions options)
    {
        long words = (long)_pictures * _plane;
        _bits.Reserve(words);
        _labels.Reserve(words * PlacesPerWord);
        _areas.Reserve(words * PlacesPerWord);
        _state.Reserve(_pictures * StateInts);
        _records.Reserve(_pictures);
        if (options.ErodePx != 0)
        {
            _from.Reserve(words);
            _to.Reserve(words);
            _reached.Reserve(words);
        }
    }

    private void Cut(DeviceBuffer<float> logits, int width, int height, MaskChainOptions options)
    {
        int pixels = width * height;
        _program.Launch(
            "mask_begin", LaunchShape.Cover(_pictures * StateInts, GroupItems), _state.Buffer, _pictures * StateInts);
        _program.Launch("mask_check", Shape(Math.Min(pixels, 16 * GroupItems)), logits, pixels, _state.Buffer);
        _program.Launch(
            "mask_cut", Shape((_height + CutRows - 1) / CutRows * CutRows * _words), logits, width, height,
            _lefts.Buffer, _rightWeights.Buffer, _tops.Buffer, _lowerWeights.Buffer, options.Threshold,
            options.Invert ? 1 : 0, _width, _words, _plane, _state.Buffer, _bits.Buffer);
    }

    private void Spread(int erodePx)
    {
        if (erodePx == 0)
        {
            return;
        }

        (int erode, int radius) = (erodePx > 0 ? 1 : 0, Math.Abs(erodePx));
        _program.Launch(
            "mask_spread_begin", Shape(_plane), _bits.Buffer, -erode, _last, _words, _plane, _from.Buffer,
            _reached.Buffer);
        (DeviceBuffer<uint> from, DeviceBuffer<uint> to) = (_from.Buffer, _to.Buffer);
        int lastDy = radius;
        for (int across = 0; across <= radius; across++)
        {
            int firstDy = lastDy + 1;
            while (firstDy > 0 && (int)Math.Sqrt((radius * radius) - ((firstDy - 1) * (firstDy - 1))) == across)
            {
                firstDy--;
            }

            _program.Launch(
                "mask_spread", Shape(_plane), from, to, _reached.Buffer, _words, _height, firstDy, lastDy);
            (from, to, lastDy) = (to, from, firstDy - 1);
        }

        _program.Launch(
            "mask_spread_end", Shape(_plane), _reached.Buffer, erode, _last, _words, _plane, _bits.Buffer);
    }

    private void Clean(MaskChainOptions options)
    {
        (LaunchShape shape, int lastBit) = (Shape(_plane), (_width - 1) % MaskBits.PerWord);
        Join(shape, flip: 0, diagonal: 1);
        _program.Launch("mask_weigh", shape, _bits.Buffer, _plane, _labels.Buffer, _areas.Buffer, _state.Buffer);
        if (options.LargestOnly)
        {
            for (int round = 0; round < 2; round++)
            {
                _program.Launch(
                    "mask_best", shape, _bits.Buffer, _plane, round, _labels.Buffer, _areas.Buffer, _state.Buffer);
            }

            _program.Launch("mask_keep", shape, _bits.Buffer, _plane, _labels.Buffer, _state.Buffer);
        }

        if (options.FillHoles)
        {
            Join(shape, flip: -1, diagonal: 0);
            _program.Launch(
                "mask_open", shape, _bits.Buffer, _last, lastBit, _words, _plane, _labels.Buffer, _areas.Buffer);
            _program.Launch(
                "mask_fill", shape, _bits.Buffer, _last, _words, _plane, _labels.Buffer, _areas.Buffer, _state.Buffer);
        }

        _program.Launch(
            "mask_measure", Shape((_plane + MeasureWords - 1) / MeasureWords * GroupItems), _bits.Buffer, lastBit,
            _words, _height, _state.Buffer);
        _program.Launch(
            "mask_record", LaunchShape.Cover(_pictures, GroupItems), _state.Buffer, _pictures, _records.Buffer);
    }

    private void Join(LaunchShape shape, int flip, int diagonal)
    {
        _program.Launch(
            "mask_label", shape, _bits.Buffer, flip, _last, _words, _plane, _labels.Buffer, _areas.Buffer);
        _program.Launch(
            "mask_join", shape, _bits.Buffer, flip, _last, _words, _plane, diagonal, _labels.Buffer);
    }

    private LaunchShape Shape(int items) =>
        new(((items + GroupItems - 1) / GroupItems, _pictures, 1), (GroupItems, 1, 1));
}
