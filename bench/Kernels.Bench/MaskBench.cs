using BenchmarkDotNet.Attributes;
using Kernels.Masks;

namespace Kernels.Bench;

/// <summary>Question: what does each step between a model's logits and a sample's mask cost? An annotator takes 0.1 s
/// to 3 s a picture, so all of them together should stay far below 10 ms.</summary>
[MemoryDiagnoser]
public class MaskBench
{
    private float[] _logits = [];
    private float[] _large = [];
    private byte[] _disc = [];
    private byte[] _work = [];
    private byte[] _pixels = [];

    /// <summary>Side of the picture in px; the logits are 256 x 256.</summary>
    [Params(512, 1024)]
    public int Side { get; set; }

    [GlobalSetup]
    public void MakeMaskAndCheckTheAnswerFirst()
    {
        _logits = new float[256 * 256];
        for (int i = 0; i < _logits.Length; i++)
        {
            _logits[i] = 80 - MathF.Sqrt(MathF.Pow((i % 256) - 128, 2) + MathF.Pow((i / 256) - 128, 2));
        }

        _large = new float[Side * Side];
        _disc = new byte[Side * Side];
        _pixels = new byte[Side * Side * 3];
        Upsample();
        Threshold.Run(_large, 0, _disc);
        _work = [.. _disc];
        int area = MaskMeasures.Of(_disc, Side, Side).AreaPx;
        double expected = Math.PI * Math.Pow(80.0 * Side / 256, 2);
        if (Math.Abs(area - expected) > expected / 100 || Erode() >= area)
        {
            throw new InvalidOperationException($"The disc covers {area} px; about {expected} px were expected.");
        }
    }

    [Benchmark]
    public void Upsample() => BilinearUpsample.Run(_logits, 256, 256, _large, Side, Side);

    [Benchmark]
    public void Threshold0() => Threshold.Run(_large, 0, _work);

    [Benchmark]
    public int Erode()
    {
        _disc.CopyTo(_work, 0);
        Morphology.Erode(_work, Side, Side, 2 * Side / 512);
        return _work.AsSpan().Count((byte)1);
    }

    [Benchmark]
    public byte DilateBackgroundGap()
    {
        _disc.CopyTo(_work, 0);
        Morphology.Dilate(_work, Side, Side, 8 * Side / 512);
        return _work[0];
    }

    [Benchmark]
    public int Largest()
    {
        _disc.CopyTo(_work, 0);
        return LargestComponent.Keep(_work, Side, Side);
    }

    [Benchmark]
    public int Holes()
    {
        _disc.CopyTo(_work, 0);
        return FillHoles.Run(_work, Side, Side);
    }

    [Benchmark]
    public int Measures() => MaskMeasures.Of(_disc, Side, Side).AreaPx;

    [Benchmark]
    public int BackgroundSpread() => ColourSpread.Outside(_pixels, _disc, 0.95);
}
