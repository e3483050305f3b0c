using Engine.Items;
using Engine.Store;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;

namespace Engine.Tests.Store;

/// <summary>Goal: whatever the files of a store hold, opening and reading it ends with its samples or with an error
/// that says so, never with wrong bytes. Method: ledger, its log and a shard spoiled anywhere, then opened as a daemon
/// does.</summary>
public sealed class RecoveryFuzzTests : IAsyncLifetime
{
    private const int Samples = 6;

    private readonly StoreFolder _good = new();
    private Sample[] _samples = [];
    private Dictionary<string, byte[]> _files = [];

    public async ValueTask InitializeAsync()
    {
        _samples = Store.Samples.Range(0, Samples);
        await using SampleStore store = _good.Open();
        await store.AppendAsync(_samples[..3]);
        await store.AppendAsync(_samples[3..]);

        // While it is open: the ledger's log then holds what a killed process leaves.
        _files = Directory.EnumerateFiles(_good.Path)
            .Where(file => !Path.GetFileName(file).StartsWith("writer.", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetFileName(file)!, Read);
    }

    public ValueTask DisposeAsync()
    {
        _good.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Any_damage_is_an_error_of_the_store_or_changes_nothing() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(Fuzz.Cases(300)),
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), IsRightOrRefusedAsync));

    private async Task<bool> IsRightOrRefusedAsync(int seed)
    {
        Random random = new(seed);
        using StoreFolder folder = new();
        Directory.CreateDirectory(folder.Path);
        string hit = _files.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(_files.Count));
        foreach ((string name, byte[] bytes) in _files)
        {
            byte[] written = name == hit
                ? Fuzz.Mutate(bytes, random.Next(1, 6), random, "\0\u0001\u000d\u00ff"u8) : bytes;
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, name), written);
        }

        try
        {
            await using SampleStore store = folder.Open();
            foreach (StoredSample stored in store.List(0, int.MaxValue))
            {
                Sample read = await store.ReadAsync(stored);
                Sample written = Assert.Single(_samples, sample => sample.Key == read.Key);
                Assert.Equal(written.Image, read.Image);
                Assert.Equal(written.MaskPng, read.MaskPng);
                Assert.Equal(written.Json, read.Json);
            }
        }
        catch (StoreException)
        {
            // It says what is wrong; verify and repair say the rest.
        }

        return true;
    }

    private static byte[] Read(string file)
    {
        using FileStream open = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] bytes = new byte[open.Length];
        open.ReadExactly(bytes);
        return bytes;
    }
}
