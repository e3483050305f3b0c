using System.Buffers.Binary;
using System.Numerics;
using BenchmarkDotNet.Attributes;
using Kernels.Checksums;

namespace Kernels.Bench;

/// <summary>
/// Question: what do three chains side by side gain over one, for samples that lie in the cache? Floor: one read.
/// </summary>
[ShortRunJob]
public class Crc32CBench
{
    private byte[] _bytes = [];

    /// <summary>Bytes of a sample's members.</summary>
    [Params(6 << 10, 64 << 10, 256 << 10)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void MakeBytesAndCheckTheAnswerFirst()
    {
        _bytes = new byte[Bytes];
        new Random(Bytes).NextBytes(_bytes);
        if (OneChain() != Crc32C.Of(_bytes))
        {
            throw new InvalidOperationException("the values differ; the times mean nothing");
        }
    }

    [Benchmark(Baseline = true)]
    public uint OneChain()
    {
        uint crc = uint.MaxValue;
        for (int at = 0; at < _bytes.Length; at += sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at)));
        }

        return ~crc;
    }

    [Benchmark]
    public uint ThreeChains() => Crc32C.Of(_bytes);

    [Benchmark]
    public int ReadOnce() => _bytes.AsSpan().Count((byte)1);
}
