using BenchmarkDotNet.Attributes;
using Kernels.Masks;

namespace Kernels.Bench;

/// <summary>
/// Question: does comparing each row with the row above pay beside walking down the columns of the row-major mask?
/// Floor: one read of the mask.
/// </summary>
[ShortRunJob]
public class CocoRleBench
{
    private byte[] _mask = [];

    /// <summary>The mask's side in px.</summary>
    [Params(512, 1024)]
    public int Side { get; set; }

    [GlobalSetup]
    public void MakeADiskAndCheckTheRunsFirst()
    {
        _mask = new byte[Side * Side];
        for (int i = 0; i < _mask.Length; i++)
        {
            (double y, double x) = ((i / Side / (double)Side) - 0.5, (i % Side / (double)Side) - 0.5);
            _mask[i] = (x * x) + (y * y) < 0.1 ? (byte)1 : (byte)0;
        }

        if (!CocoRle.Encode(_mask, Side, Side).SequenceEqual(ColumnWalk()))
        {
            throw new InvalidOperationException("the runs differ; the times mean nothing");
        }
    }

    [Benchmark(Baseline = true)]
    public int ReadOnce() => _mask.AsSpan().Count((byte)1);

    [Benchmark]
    public int[] Encode() => CocoRle.Encode(_mask, Side, Side);

    [Benchmark]
    public List<int> ColumnWalk()
    {
        List<int> runs = [0];
        for (int column = 0; column < Side; column++)
        {
            for (int row = 0; row < Side; row++)
            {
                if ((_mask[(row * Side) + column] != 0) == (runs.Count % 2 == 1))
                {
                    runs.Add(0);
                }

                runs[^1]++;
            }
        }

        return runs;
    }
}
