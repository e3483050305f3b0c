using System.Formats.Tar;
using System.Text;
using Engine.Index.Sources;
using FsCheck;
using FsCheck.Fluent;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>Goal: no shard of strangers makes its reader throw anything but one known error, or hang. Method: a good
/// tar of embeddings, its headers and contents spoiled.</summary>
public sealed class TarFuzzTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_shard_is_read_or_refused()
    {
        byte[] good = Shard();
        string path = _folder.File("shard.tar");
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Fuzz.Cases(20_000)),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
            {
                Random random = new(seed);
                File.WriteAllBytes(
                    path, Fuzz.Mutate(good, random.Next(0, 10), random, "\0 017x5gLKS/.\u00ff"u8));
                return IsReadOrRefusedAsync(path);
            }));
    }

    private static async Task<bool> IsReadOrRefusedAsync(string path)
    {
        await using WebDatasetSource source = new([path]);
        int rows = 0;
        try
        {
            await foreach (RealEmbedding one in source.ReadAsync(CancellationToken.None))
            {
                rows++;
                Assert.Equal(3, one.Point.Length);
            }
        }
        catch (InvalidDataException refused)
        {
            Assert.Contains(path, refused.Message, StringComparison.Ordinal);
        }

        Assert.InRange(rows, 0, 4);
        return true;
    }

    private static byte[] Shard()
    {
        byte[] header = Encoding.ASCII.GetBytes(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }".PadRight(117) + "\n");
        byte[] npy = [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. new byte[8], 0, 0, 128, 63];
        using MemoryStream bytes = new();
        using (TarWriter tar = new(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (string key in (string[])["a", "b", "c"])
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, key + ".npy")
                {
                    DataStream = new MemoryStream(npy),
                });
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, key + ".json")
                {
                    DataStream = new MemoryStream("{\"category\":\"yak\"}"u8.ToArray()),
                });
            }
        }

        return bytes.ToArray();
    }
}
