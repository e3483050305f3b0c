using BenchmarkDotNet.Attributes;
using Engine.Items;
using Engine.Store;

namespace Engine.Bench;

/// <summary>
/// Question: can one daemon feed its consumers from the store? Floor of a read: the same bytes copied out of the page
/// cache by one call on an open file. A list costs a look-up a sample, for one rank of many as for one of one.
/// </summary>
[MemoryDiagnoser]
[ShortRunJob]
public class StoreReadBench
{
    private const int Samples = 20_000;
    private const int Page = 64;

    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-bench-").FullName;
    private readonly byte[] _image = new byte[60_000];
    private SampleStore _store = null!;
    private Microsoft.Win32.SafeHandles.SafeFileHandle _shard = null!;
    private byte[] _buffer = null!;
    private StoredSample _one;

    [GlobalSetup]
    public async Task FillAndCheck()
    {
        new Random(1).NextBytes(_image);
        _store = SampleStore.Open(new() { Directory = _folder }, TimeProvider.System);
        for (int first = 0; first < Samples; first += 1000)
        {
            await _store.AppendAsync([.. Enumerable.Range(first, 1000).Select(Sample)]);
        }

        _one = _store.List(500, 1)[0];
        _buffer = new byte[_one.Length];
        _shard = File.OpenHandle(Path.Combine(_folder, "shard-000000.tar"), share: FileShare.ReadWrite);
        if (!(await _store.ReadAsync(_one)).Image.Span.SequenceEqual(_image.AsSpan(0, 60_000))
            || _store.List(10_000, Page, 3, 16).Count != Page)
        {
            throw new InvalidOperationException("the store gives something else back; the times mean nothing");
        }
    }

    [GlobalCleanup]
    public async Task Clean()
    {
        _shard.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public int CopyFromThePageCache() => RandomAccess.Read(_shard, _buffer, _one.Offset);

    [Benchmark]
    public ValueTask<Sample> Read() => _store.ReadAsync(_one);

    [Benchmark]
    public int ListAPageOfAll() => _store.List(10_000, Page).Count;

    [Benchmark]
    public int ListAPageOfOneRankIn16() => _store.List(10_000, Page, 3, 16).Count;

    // One sample of 64 kB to read; the others are small, so that the set-up is quick.
    private Sample Sample(int number)
    {
        string id = (0x9E3779B97F4A7C15UL * (ulong)(number + 1)).ToString("x16", null);
        return new()
        {
            Key = $"{id}-000000",
            Category = "otter",
            PromptId = id,
            Attempt = 0,
            Image = number == 500 ? _image : _image[..500],
            ImageExtension = "png",
            MaskPng = _image.AsMemory(0, 2000),
            Json = _image.AsMemory(0, 1500),
        };
    }
}
