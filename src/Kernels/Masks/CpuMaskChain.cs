// CpuMaskChain: logits to measured masks, picture by picture, without the map of H x W floats ever being written.
//
// Formula  wide[x]  = fma(u[x], source[left[x] + 1] - source[left[x]], source[left[x]]) for each source row;
//          value    = fma(v[y], lower[x] - upper[x], upper[x]); set = (value > threshold) != invert; then the disc, the
//          largest part, the holes. left, u and v are worked out in f64 and rounded once (MaskTaps).
// Shapes   logits [B, h, w] f32; bits [B, H, ceil(W / 32)] u32; records [B]. Row-major.
// Traffic  a picture reads h*w*4 B twice (the first time for what is not finite) and writes H*W/8 B; two widened rows
//          (8*W B) stay in L1, the runs (8 B a run) in L2.
// Work     2 flop a column of each source row, 2 flop and a comparison a pixel: H*W*3 / 16 instructions with AVX-512.
//          Runs: 4 operations a word and some 20 a run. Disc of r: 5 r operations a word, 16 words at a time.
// Roof     the comparisons: 1024 x 1024 at one vector of 16 a cycle takes 65 536 cycles, 20 us at 3.3 GHz.
// Measured 64 pictures, 256 x 256 to 1024 x 1024, 2 threads: 28 and 45 ms in two runs (0.4 to 0.7 ms a picture), with
//          r = 4 42 and 54 ms, r = 16 68 and 79 ms; OpenCV 4.6 (resize, threshold, connectedComponentsWithStats; less
//          than this does) 674 and 689 ms beside them. 0 B allocated. Two cores of an AMD EPYC VM that other work
//          shared, AVX-512, .NET 10; medians of 15; bench/opencv_masks.py, logits of Kernels.Bench/MaskChainLogits.cs.
// Ladder   1 MaskChainReference (scalar, plain; the truth); 2 this file; 3 SourceMaskChain (MaskChain.cl).
// Error    none between the rungs: the same bits. Against the exact interpolation: 4 * 2^-24 * the largest |logit|, so
//          a pixel may differ from an f64 one where that lies nearer than this to the threshold.
using Kernels.Device.Cpu;

namespace Kernels.Masks;

/// <summary>The mask chain on the processor: pictures side by side on the device's threads.</summary>
/// <remarks>Allocates nothing once it has seen the largest picture on every thread.</remarks>
public sealed unsafe class CpuMaskChain : CpuJob, IMaskChain
{
    private readonly CpuDevice _device;
    private readonly CpuMaskPicture[] _pictures;
    private readonly MaskTaps _columns = new();
    private readonly MaskTaps _rows = new();
    private MaskChainOptions _options = new();
    private (int Width, int Height) _source;
    private (int Width, int Height) _target;

    // Set while Run holds the spans pinned.
    private float* _logits;
    private uint* _bits;
    private MaskRecord* _records;

    /// <summary>Makes the chain.</summary>
    /// <param name="device">Whose threads it runs on.</param>
    public CpuMaskChain(CpuDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _device = device;
        _pictures = new CpuMaskPicture[device.Threads];
        for (int i = 0; i < _pictures.Length; i++)
        {
            _pictures[i] = new CpuMaskPicture();
        }
    }

    /// <inheritdoc/>
    public void Run(
        ReadOnlySpan<float> logits, int width, int height, MaskChainOptions options, int targetWidth, int targetHeight,
        Span<uint> bits, Span<MaskRecord> records)
    {
        MaskChain.Check(
            logits.Length, width, height, options, targetWidth, targetHeight, bits.Length, records.Length);
        _columns.Prepare(width, targetWidth);
        _rows.Prepare(height, targetHeight);
        (_options, _source, _target) = (options, (width, height), (targetWidth, targetHeight));
        fixed (float* from = logits)
        fixed (uint* to = bits)
        fixed (MaskRecord* measured = records)
        {
            _logits = from;
            _bits = to;
            _records = measured;
            try
            {
                _device.Run(this, records.Length);
            }
            finally
            {
                _logits = null;
                _bits = null;
                _records = null;
            }
        }
    }

    /// <inheritdoc/>
    public override void Run(int part, int worker)
    {
        int pixels = _source.Width * _source.Height;
        int words = _target.Height * MaskBits.Words(_target.Width);
        _records[part] = _pictures[worker].Run(
            new ReadOnlySpan<float>(_logits + ((long)part * pixels), pixels), _columns, _rows, _source, _options,
            new Span<uint>(_bits + ((long)part * words), words), _target);
    }

    /// <summary>Nothing: the device is its owner's, the buffers are the collector's.</summary>
    public void Dispose()
    {
    }
}
