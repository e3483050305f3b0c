using BenchmarkDotNet.Attributes;
using Engine.Disk;
using Engine.Items;
using Engine.Store;
using Microsoft.Win32.SafeHandles;

namespace Engine.Bench;

/// <summary>
/// Question: what does a group commit cost beside its floor, the same bytes written to a plain file and flushed once?
/// The difference is the tar headers, the checksum and the ledger's own commit, which flushes once more.
/// </summary>
[ShortRunJob]
public class StoreAppendBench
{
    private readonly string _folder = Directory.CreateTempSubdirectory("headwater-bench-").FullName;
    private readonly byte[] _image = new byte[60_000];
    private SampleStore _store = null!;
    private SafeFileHandle _plain = null!;
    private long _plainEnd;
    private int _next;

    /// <summary>Samples in one commit, of about 64 kB each.</summary>
    [Params(1, 8, 64)]
    public int Batch { get; set; }

    [GlobalSetup]
    public async Task OpenAndCheckThatASampleComesBack()
    {
        new Random(1).NextBytes(_image);
        _store = SampleStore.Open(new() { Directory = Path.Combine(_folder, "data") }, TimeProvider.System);
        _plain = File.OpenHandle(Path.Combine(_folder, "plain"), FileMode.Create, FileAccess.Write);
        StoredSample stored = (await _store.AppendAsync(Samples(1)))[0]!.Value;
        Sample read = await _store.ReadAsync(stored);
        if (!read.Image.Span.SequenceEqual(_image))
        {
            throw new InvalidOperationException("a sample came back changed; the times mean nothing");
        }
    }

    [GlobalCleanup]
    public async Task Clean()
    {
        _plain.Dispose();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public long WriteAndFlush()
    {
        for (int i = 0; i < Batch; i++)
        {
            RandomAccess.Write(_plain, _image, _plainEnd);
            _plainEnd += _image.Length;
        }

        Durable.Flush(_plain, "the floor's file");
        return _plainEnd;
    }

    [Benchmark]
    public Task<IReadOnlyList<StoredSample?>> Append() => _store.AppendAsync(Samples(Batch));

    private Sample[] Samples(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    private Sample Next()
    {
        string id = (0x9E3779B97F4A7C15UL * (ulong)(++_next)).ToString("x16", null);
        return new()
        {
            Key = $"{id}-000000",
            Category = "otter",
            PromptId = id,
            Attempt = 0,
            Image = _image,
            ImageExtension = "png",
            MaskPng = _image.AsMemory(0, 2000),
            Json = _image.AsMemory(0, 1500),
        };
    }
}
