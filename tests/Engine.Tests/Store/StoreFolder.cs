using Engine.Items;
using Engine.Store;
using Tests.Shared;

namespace Engine.Tests.Store;

/// <summary>A data directory of a test's own, and short ways to open, list and copy it.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public StoreFolder() =>
        Options = new() { Directory = _folder.File("data"), ShardBytesMax = 1 << 20, FreeBytesMin = 0 };

    public StoreOptions Options { get; }

    public string Path => Options.Directory;

    public FaultFiles Files { get; } = new();

    public string Shard(int number) => System.IO.Path.Combine(Path, ShardName.Of(number));

    public SampleStore Open(StoreOptions? options = null, TimeProvider? time = null) =>
        SampleStore.Open(options ?? Options, time ?? TimeProvider.System, Files);

    /// <summary>Opens the store, reads everything in it and closes it.</summary>
    public async Task<Sample[]> ReadAllAsync()
    {
        await using SampleStore store = Open();
        return await ReadAllAsync(store);
    }

    public static async Task<Sample[]> ReadAllAsync(SampleStore store)
    {
        List<Sample> samples = [];
        foreach (StoredSample stored in store.List(0, int.MaxValue))
        {
            samples.Add(await store.ReadAsync(stored));
        }

        return [.. samples];
    }

    /// <summary>What a machine that stops now would find on its disk, opened as a store.</summary>
    public SampleStore OpenCopy(string name)
    {
        string copy = _folder.File(name);
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(Path))
        {
            if (!System.IO.Path.GetFileName(file).StartsWith("writer.", StringComparison.Ordinal))
            {
                File.Copy(file, System.IO.Path.Combine(copy, System.IO.Path.GetFileName(file)));
            }
        }

        return SampleStore.Open(Options with { Directory = copy }, TimeProvider.System);
    }

    public void Dispose() => _folder.Dispose();
}
