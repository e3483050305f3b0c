// CpuComposite: cut-outs pasted on a picture, and the visible masks of all objects.
//
// Formula  alpha = round(sum w a / 2^16), colour = round(sum w c a / 2^16) over the four pixels around a target's
//          centre, w = 256ths across * 256ths down; k = round(opacity * fade / 256), fade by the distance
//          from the outside;
//          picture = round((colour k + picture (65280 - alpha k)) / 65280). Solid where alpha >= 128.
//          visible[i] = whole[i] and not (whole[i + 1] or ... or whole[last]).
// Shapes   picture [H, W, 3] u8; cut-outs [*, 4] u8; masks [E + n, H, ceil(W / 32)] u32.
// Steps    (1) each object on its own: alpha and distance planes of a paste, its whole mask, measured;
//          (2) each band of rows: the pastes in order, then the masks from the last to the first;
//          (3) each object: its visible mask measured. Between the steps all threads meet.
// Traffic  per px of a paste: 4 alphas (1), 4 pixels (2), 2 B of planes; per word of a mask: 3 reads, 2 writes.
// Work     some 30 operations a px of a paste, 2 F + 1 more with a feather of F px.
// Roof     none worked out: it is far from memory's and runs once a composite, beside 50 ms of encoding.
// Measured not yet.
// Ladder   1 CompositeReference (scalar, plain; the truth); 2 this file; 3 SourceComposite (Composite.cl).
// Error    none between the rungs: whole numbers. Against exact interpolation: weights are 256ths, so 2/256 of it.
using Kernels.Device.Cpu;
using Kernels.Masks;

namespace Kernels.Compositing;

/// <summary>The composite on the processor.</summary>
/// <remarks>Allocates nothing once it has seen the largest pastes.</remarks>
public sealed unsafe partial class CpuComposite : CpuJob, IComposite
{
    private const int BandRows = 16;

    private readonly CpuDevice _device;
    private readonly PastePlan _plan = new();
    private byte[] _alphas = [];
    private byte[] _distances = [];
    private int _step;
    private int _width;
    private int _height;
    private int _words;
    private int _objects;
    private int _count;

    // Set while Run holds the spans pinned.
    private byte* _picture;
    private byte* _cutouts;
    private uint* _under;
    private uint* _bits;
    private CompositeRecord* _records;

    /// <summary>Makes the composite.</summary>
    /// <param name="device">Whose threads it runs on.</param>
    public CpuComposite(CpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
    }

    /// <inheritdoc/>
    public void Run(
        Span<byte> picture, int width, int height, ReadOnlySpan<byte> cutouts, ReadOnlySpan<Paste> pastes,
        ReadOnlySpan<uint> objects, Span<uint> bits, Span<CompositeRecord> records)
    {
        Composite.Check(
            picture.Length, width, height, cutouts.Length, pastes, objects.Length, bits.Length, records.Length);
        _plan.Prepare(pastes);
        (_width, _height, _words) = (width, height, MaskBits.Words(width));
        (_objects, _count) = (records.Length - pastes.Length, records.Length);
        Grow(ref _alphas, _plan.Pixels);
        Grow(ref _distances, _plan.Pixels);
        fixed (byte* colours = picture, sources = cutouts)
        fixed (uint* under = objects, to = bits)
        fixed (CompositeRecord* measured = records)
        {
            _picture = colours;
            _cutouts = sources;
            _under = under;
            _bits = to;
            _records = measured;
            for (_step = 1; _step <= 3; _step++)
            {
                _device.Run(this, _step == 2 ? (height + BandRows - 1) / BandRows : _count);
            }
        }
    }

    /// <inheritdoc/>
    public override void Run(int part, int worker)
    {
        switch (_step)
        {
            case 1:
                Begin(part);
                break;
            case 2:
                Band(part * BandRows, Math.Min(_height, (part + 1) * BandRows));
                break;
            default:
                (int area, int left, int top, int width, int height) = MaskBits.Box(Mask(part), _words);
                _records[part] = _records[part] with
                {
                    AreaPx = area, Left = left, Top = top, Width = width, Height = height,
                };
                break;
        }
    }

    /// <summary>Nothing: the device is its owner's, the buffers are the collector's.</summary>
    public void Dispose()
    {
    }

    private Span<uint> Mask(int index) => new(_bits + ((long)index * _words * _height), _words * _height);

    private void Begin(int index)
    {
        Span<uint> mask = Mask(index);
        if (index < _objects)
        {
            new ReadOnlySpan<uint>(_under + ((long)index * mask.Length), mask.Length).CopyTo(mask);
        }
        else
        {
            mask.Clear();
            Solid(Row(index - _objects), mask);
        }

        (int area, int left, int top, int width, int height) = MaskBits.Box(mask, _words);
        _records[index] = new CompositeRecord(0, 0, 0, 0, 0, area, left, top, width, height);
    }

    private void Band(int firstRow, int endRow)
    {
        for (int y = firstRow; y < endRow; y++)
        {
            for (int paste = 0; paste < _count - _objects; paste++)
            {
                Blend(Row(paste), y);
            }
        }

        int plane = _words * _height;
        for (int at = firstRow * _words; at < endRow * _words; at++)
        {
            uint covered = 0;
            for (int index = _count - 1; index >= 0; index--)
            {
                uint* word = _bits + ((long)index * plane) + at;
                (*word, covered) = (*word & ~covered, covered | *word);
            }
        }
    }

    private PasteRow Row(int paste) => new(_plan.Table.Slice(paste * PastePlan.RowInts, PastePlan.RowInts));

    private static void Grow(ref byte[] array, int length)
    {
        if (array.Length < length)
        {
            array = new byte[length];
        }
    }
}
