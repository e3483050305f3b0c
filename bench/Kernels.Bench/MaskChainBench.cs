using BenchmarkDotNet.Attributes;
using Kernels.Device.Cpu;
using Kernels.Masks;

namespace Kernels.Bench;

/// <summary>Question: what do 64 pictures' masks cost, from 256 x 256 logits to measured, packed 1024 x 1024 masks, and
/// what of it is the disc? Against OpenCV: bench/peers/opencv_masks.py, with the same logits.</summary>
[MemoryDiagnoser]
public class MaskChainBench
{
    private const int Pictures = 64;
    private const int Side = 256;
    private const int TargetSide = 1024;

    private readonly float[] _logits = MaskChainLogits.Of(Pictures, Side, Side);
    private readonly uint[] _bits = new uint[Pictures * TargetSide * TargetSide / 32];
    private readonly MaskRecord[] _records = new MaskRecord[Pictures];
    private MaskChainOptions _options = new();
    private CpuDevice _device = null!;
    private IMaskChain _chain = null!;

    [Params(1, 2)]
    public int Threads { get; set; }

    [Params(0, 4)]
    public int ErodePx { get; set; }

    [GlobalSetup]
    public void CheckTheAnswerFirst()
    {
        _options = new MaskChainOptions { ErodePx = ErodePx };
        _device = new CpuDevice(Threads);
        _chain = MaskChain.On(_device);
        Cpu();
        using MaskChainReference reference = new();
        uint[] bits = new uint[TargetSide * TargetSide / 32];
        MaskRecord[] record = new MaskRecord[1];
        reference.Run(
            _logits.AsSpan(0, Side * Side), Side, Side, _options, TargetSide, TargetSide, bits, record);
        if (record[0] != _records[0] || !bits.AsSpan().SequenceEqual(_bits.AsSpan(0, bits.Length)))
        {
            throw new InvalidOperationException($"{_records[0]} is not the reference's {record[0]}.");
        }
    }

    [GlobalCleanup]
    public void Close()
    {
        _chain.Dispose();
        _device.Dispose();
    }

    [Benchmark]
    public void Cpu() => _chain.Run(_logits, Side, Side, _options, TargetSide, TargetSide, _bits, _records);
}
