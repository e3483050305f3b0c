// SourceComposite: the composite on a device that builds Composite.cl, one chain of launches a call. The picture, the
// cut-outs, the masks below and the plan go there; the picture, the visible masks and the records come back.
using Kernels.Device;
using Kernels.Masks;

namespace Kernels.Compositing;

/// <summary>The composite on OpenCl and Cuda devices.</summary>
public sealed class SourceComposite : IComposite
{
    private const string Source = "Compositing/Composite.cl";
    private const int GroupItems = 256;
    private const int WholeFirst = 5; // Where the whole mask's measures begin in a record.

    private readonly ISourceDevice _device;
    private readonly IKernelProgram _program;
    private readonly PastePlan _plan = new();
    private readonly GrowingBuffer<byte> _picture;
    private readonly GrowingBuffer<byte> _cutouts;
    private readonly GrowingBuffer<byte> _alphas;
    private readonly GrowingBuffer<byte> _distances;
    private readonly GrowingBuffer<int> _table;
    private readonly GrowingBuffer<int> _values;
    private readonly GrowingBuffer<uint> _bits;
    private readonly GrowingBuffer<CompositeRecord> _records;

    /// <summary>Builds the kernels.</summary>
    /// <param name="device">The device; it outlives the composite.</param>
    /// <exception cref="KernelDeviceException">They cannot be built.</exception>
    public SourceComposite(ISourceDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _program = device.Build(KernelSource.Embedded(
            Source, "G256", new KeyValuePair<string, int>("GROUP_ITEMS", GroupItems)));
        (_picture, _cutouts, _alphas, _distances) = (new(device), new(device), new(device), new(device));
        (_table, _values, _bits, _records) = (new(device), new(device), new(device), new(device));
    }

    /// <inheritdoc/>
    public void Run(
        Span<byte> picture, int width, int height, ReadOnlySpan<byte> cutouts, ReadOnlySpan<Paste> pastes,
        ReadOnlySpan<uint> objects, Span<uint> bits, Span<CompositeRecord> records)
    {
        Composite.Check(
            picture.Length, width, height, cutouts.Length, pastes, objects.Length, bits.Length, records.Length);
        if (records.IsEmpty)
        {
            return;
        }

        (int words, int below) = (MaskBits.Words(width), records.Length - pastes.Length);
        int plane = words * height;
        _bits.Reserve(bits.Length);
        _records.Reserve(records.Length);
        _device.Upload(objects, _bits.Buffer);
        if (!pastes.IsEmpty)
        {
            Lay(picture, width, height, cutouts, pastes, below);
        }

        Measure(records.Length, words, plane, WholeFirst);
        _program.Launch("paste_cover", LaunchShape.Cover(plane, GroupItems), _bits.Buffer, records.Length, plane);
        Measure(records.Length, words, plane, first: 0);
        _device.Download(_bits.Buffer, bits);
        _device.Download(_records.Buffer, records);
    }

    /// <summary>Gives the buffers back.</summary>
    public void Dispose()
    {
        foreach (IDisposable array in (IDisposable[])[
            _picture, _cutouts, _alphas, _distances, _table, _values, _bits, _records])
        {
            array.Dispose();
        }
    }

    private void Lay(
        Span<byte> picture, int width, int height, ReadOnlySpan<byte> cutouts, ReadOnlySpan<Paste> pastes, int below)
    {
        _plan.Prepare(pastes);
        _device.Upload(picture, _picture.Reserve(picture.Length));
        _device.Upload(cutouts, _cutouts.Reserve(cutouts.Length));
        _device.Upload(_plan.Table, _table.Reserve(_plan.Table.Length));
        _device.Upload(_plan.Values, _values.Reserve(_plan.Values.Length));
        _alphas.Reserve(_plan.Pixels);
        _distances.Reserve(_plan.Pixels);
        (int words, int plane) = (MaskBits.Words(width), MaskBits.Words(width) * height);
        LaunchShape perPaste = Shape(_plan.PixelsMax, pastes.Length);
        _program.Launch("paste_alpha", perPaste, _cutouts.Buffer, _table.Buffer, _values.Buffer, _alphas.Buffer);
        _program.Launch("paste_distance", perPaste, _table.Buffer, _alphas.Buffer, _distances.Buffer);
        _program.Launch(
            "paste_blend", Shape(width * height, 1), _picture.Buffer, width, height, pastes.Length, _cutouts.Buffer,
            _table.Buffer, _values.Buffer, _alphas.Buffer, _distances.Buffer);
        _program.Launch(
            "paste_mask", Shape(plane, pastes.Length), _table.Buffer, _alphas.Buffer, below, width, words, plane,
            _bits.Buffer);
        _device.Download(_picture.Buffer, picture);
    }

    private void Measure(int count, int words, int plane, int first) => _program.Launch(
        "paste_measure", LaunchShape.Line(count, GroupItems), _bits.Buffer, words, plane, first, _records.Buffer);

    private static LaunchShape Shape(int items, int pastes) =>
        new(((items + GroupItems - 1) / GroupItems, pastes, 1), (GroupItems, 1, 1));
}
