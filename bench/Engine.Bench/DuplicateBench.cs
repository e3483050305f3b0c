using BenchmarkDotNet.Attributes;
using Engine.Pipeline.Filter;
using Kernels.Device.Cpu;
using Kernels.Similarity;

namespace Engine.Bench;

/// <summary>
/// Question: what does the guard against near-duplicates cost a picture, and what would a ring for each category save?
/// Floor: reading all rows, Rows * 512 * 2 B. 100 categories; Judge is a whole verdict, its reservation taken and
/// given up; Enter is one accepted sample; OwnRowsAlone searches as many rows as one of 100 categories has.
/// </summary>
[MemoryDiagnoser]
public class DuplicateBench
{
    private const int Width = 512;
    private const int Categories = 100;

    private readonly float[] _ids = new float[1];
    private CpuDevice _device = null!;
    private AcceptedObjects _objects = null!;
    private SimilarityRows _ownRows = null!;
    private ISimilarity _own = null!;
    private float[] _point = [];
    private int _entered;

    [Params(1_000, 100_000, 1_000_000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void FillAndCheckTheAnswerFirst()
    {
        _device = new CpuDevice(Environment.ProcessorCount);
        _objects = new AcceptedObjects("bench", Width, Rows, _device, _ => { });
        Random random = new(1);
        float[] row = new float[Width];
        for (int i = 0; i < Rows; i++)
        {
            Draw(random, row);
            _objects.Restore($"{i:x16}-000000", $"c{i % Categories}", row);
            _point = i == Rows / 2 ? [.. row] : _point;
        }

        _ownRows = SimilarityRows.Pack(Rows / Categories, Width, RowType.F16, (_, some) => Draw(random, some));
        _own = SimilaritySearch.On(_device, _ownRows);
        (RealNeighbour? nearest, _) = _objects.Reserve(
            "check", $"c{Rows / 2 % Categories}", everywhere: false, _point, max: 0.5);
        if (nearest?.Id != $"{Rows / 2:x16}-000000")
        {
            throw new InvalidOperationException($"The nearest is {nearest}: the time means nothing.");
        }
    }

    [GlobalCleanup]
    public void Free()
    {
        _own.Dispose();
        _ownRows.Dispose();
        _objects.Dispose();
        _device.Dispose();
    }

    [Benchmark(Baseline = true)]
    public bool Judge()
    {
        bool isReserved = _objects.Reserve("try", "c7", everywhere: false, _point, max: 1).IsReserved;
        _objects.Release("try");
        return isReserved;
    }

    [Benchmark]
    public void Enter() => _objects.Restore("0123456789abcdef-000000", $"c{_entered++ % Categories}", _point);

    [Benchmark]
    public float OwnRowsAlone()
    {
        Span<int> id = stackalloc int[1];
        _own.Search(_point, 1, default, id, _ids);
        return _ids[0];
    }

    private static void Draw(Random random, Span<float> row)
    {
        foreach (ref float value in row)
        {
            value = (random.NextSingle() - 0.5f) * 0.153f; // Of length about 1.
        }
    }
}
