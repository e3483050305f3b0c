using System.Globalization;
using Engine.Items;
using Engine.Store;

namespace Engine.Tests.Store;

/// <summary>
/// Goal: no damage to the open shard passes unseen. Method: flip a bit of, and cut the file at, offsets of its last
/// 64 KiB, and sampled offsets before. HEADWATER_DAMAGE_STRIDE=1 takes every offset; the default keeps it to seconds.
/// </summary>
public sealed class DamageTests : IDisposable
{
    private const int TailBytes = 64 << 10;
    private const int Seed = 20260711;
    private const int DefaultStride = 61; // no divisor of a block: every place in a header is met over the blocks

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flipped_bit_anywhere_is_found_at_its_sample_and_at_no_other()
    {
        StoredSample[] all = await FillAsync();
        using StoreView view = StoreView.Open(_folder.Path);
        using FileStream shard = new(_folder.Shard(0), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        Random random = new(Seed);
        foreach (long at in Offsets(shard.Length))
        {
            byte mask = (byte)(1 << random.Next(8));
            int hit = Array.FindIndex(all, sample => at < sample.Offset + sample.Length);
            Flip(shard, at, mask);

            StoreDamagedException damaged = Assert.Throws<StoreDamagedException>(() => view.Read(all[hit]));

            Assert.Equal((0, all[hit].Offset), (damaged.Shard, damaged.Offset));
            _ = view.Read(all[hit == 0 ? 1 : hit - 1]);
            Flip(shard, at, mask);
        }

        Assert.Empty(view.Verify(null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cut_anywhere_is_refused_at_the_first_missing_byte_and_nothing_is_changed()
    {
        StoredSample[] all = await FillAsync();
        using FileStream shard = new(_folder.Shard(0), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        using Ledger ledger = Ledger.Open(_folder.Path);
        long end = shard.Length;
        foreach (long length in Offsets(end).OrderDescending())
        {
            shard.SetLength(length);

            StoreDamagedException lost = Assert.Throws<StoreDamagedException>(
                () => Recovery.Run(_folder.Path, ledger, _folder.Files));

            Assert.Equal((0, length, length), (lost.Shard, lost.Offset, shard.Length));
            Assert.Contains($"{end} bytes", lost.Message, StringComparison.Ordinal);
        }

        Assert.Equal(20, all.Length);
    }

    private static IEnumerable<long> Offsets(long length)
    {
        string? given = Environment.GetEnvironmentVariable("HEADWATER_DAMAGE_STRIDE");
        int stride = given is null ? DefaultStride : int.Parse(given, CultureInfo.InvariantCulture);
        Random random = new(Seed);
        TestContext.Current.SendDiagnosticMessage("seed {0}, stride {1}", Seed, stride);
        for (long at = length - TailBytes + random.Next(stride); at < length; at += stride)
        {
            yield return at;
        }

        for (int i = 0; i < 200; i++)
        {
            yield return random.NextInt64(length - TailBytes);
        }
    }

    private static void Flip(FileStream shard, long at, byte mask)
    {
        shard.Position = at;
        int was = shard.ReadByte();
        shard.Position = at;
        shard.WriteByte((byte)(was ^ mask));
        shard.Flush();
    }

    private async Task<StoredSample[]> FillAsync()
    {
        await using SampleStore store = _folder.Open();
        await store.AppendAsync([.. Enumerable.Range(0, 20).Select(n => Samples.Of(n, 500 + (n * 500)))]);
        return [.. store.List(0, 100)];
    }
}
