using System.Text;
using Engine.Items;
using Engine.Store;

namespace Engine.Tests.Store;

/// <summary>Goal: shards are byte for byte what docs/spec/store.md says. Method: build them from its text.</summary>
public sealed class TarFormatTests
{
    [Fact]
    public async Task An_open_shard_is_its_samples_members_and_nothing_else()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        Sample[] samples = Samples.Range(0, 4);

        await store.AppendAsync(samples);

        Assert.Equal(samples.SelectMany(Members), await File.ReadAllBytesAsync(folder.Shard(0)));
    }

    [Fact]
    public async Task A_sealed_shard_ends_with_two_zero_blocks()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        Sample[] samples = [.. Enumerable.Range(0, 3).Select(n => Samples.Of(n, imageBytes: 400_000))];

        await store.AppendAsync(samples);

        byte[] sealedShard = await File.ReadAllBytesAsync(folder.Shard(0));
        Assert.Equal([.. samples[..2].SelectMany(Members), .. new byte[1024]], sealedShard);
    }

    private static byte[] Members(Sample sample) =>
    [
        .. Member($"{sample.Key}.{sample.ImageExtension}", sample.Image.ToArray()),
        .. Member($"{sample.Key}.mask.png", sample.MaskPng.ToArray()),
        .. Member($"{sample.Key}.json", sample.Json.ToArray()),
    ];

    private static byte[] Member(string name, byte[] content)
    {
        byte[] member = new byte[512 + ((content.Length + 511) / 512 * 512)];
        Put(0, name);
        Put(100, "0000644\0");
        Put(108, "0000000\0");
        Put(116, "0000000\0");
        Put(124, Convert.ToString(content.Length, 8).PadLeft(11, '0') + "\0");
        Put(136, "00000000000\0");
        Put(148, "        ");
        Put(156, "0");
        Put(257, "ustar\0" + "00");
        string sum = Convert.ToString(member[..512].Sum(value => value), 8).PadLeft(6, '0');
        Put(148, sum + "\0 ");
        content.CopyTo(member, 512);
        return member;

        void Put(int at, string text) => Encoding.ASCII.GetBytes(text).CopyTo(member, at);
    }
}
