using System.Formats.Tar;
using System.IO.Compression;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Library;
using Engine.Tests.Imaging;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Library;

/// <summary>Goal: an archive is what its folder was, and a hostile one writes nothing and takes no more than allowed.
/// </summary>
public sealed class LibraryArchiveTests : IDisposable
{
    private static readonly string[] Kinds = ["zip", "tar", "tar.gz", "tgz"];

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Path_that_leads_out_of_the_archive_leads_nowhere()
    {
        byte[] picture = Png(1);
        foreach (string kind in Kinds)
        {
            string archive = Pack(kind, ("../../escaped/pear.png", picture), ("/etc/plum.png", picture));
            using LibraryGenerator library = LibraryGenerator.Open("test", new() { Source = archive });

            Outcome<Generated> made = (await library.GenerateAsync([Make("pear")], Token)).Single();

            Assert.NotNull(made.Value);
            Assert.Equal(["../../escaped/pear.png", "/etc/plum.png"], library.Entries.Select(entry => entry.Path));
            Assert.False(Directory.Exists(_folder.File("../../escaped")));
        }
    }

    [Fact]
    public async Task Too_large_and_damaged_members_are_rejections_and_the_others_serve()
    {
        byte[] picture = Png(2);
        ImageLimits limits = new() { BytesMax = picture.Length };
        foreach (string kind in Kinds)
        {
            string archive = Pack(
                kind, ("./pear.png", picture), ("notes.txt", new byte[90_000]),
                ("plum.png", new byte[picture.Length + 1]), ("fig.png", picture[..50]), ("lime.png", []));
            using LibraryGenerator library = LibraryGenerator.Open("test", new() { Source = archive, Limits = limits });

            IReadOnlyList<Outcome<Generated>> made = await library.GenerateAsync(
                [Make("pear"), Make("plum"), Make("fig"), Make("lime"), Make("notes")], Token);

            Assert.Equal(
                [null, RejectReason.BadImage, RejectReason.BadImage, RejectReason.BadImage, RejectReason.NoSource],
                made.Select(outcome => outcome.DropReason));
        }
    }

    [Fact]
    public void Archive_over_a_bound_is_refused_with_the_bound()
    {
        string archive = Pack("zip", ("a.png", new byte[700_000]), ("b.png", new byte[700_000]), ("c.png", [1]));

        IOException bytes = Assert.Throws<IOException>(
            () => LibraryGenerator.Open("test", new() { Source = archive, ArchiveBytesMax = 1 << 20 }));
        IOException pictures = Assert.Throws<IOException>(
            () => LibraryGenerator.Open("test", new() { Source = archive, EntriesMax = 2 }));

        Assert.Contains("more than 1048576 bytes (archive_bytes_max)", bytes.Message, StringComparison.Ordinal);
        Assert.Contains("2 pictures (entries_max)", pictures.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_archive_is_one_fault_that_names_the_file()
    {
        Random random = new(4);
        foreach (string kind in Kinds)
        {
            string archive = Pack(kind, ("a.png", Png(3)), ("b.png", Png(4)));
            byte[] whole = File.ReadAllBytes(archive);
            for (int round = 0; round < 60; round++)
            {
                byte[] bytes = round % 2 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
                for (int change = 0; change < (round % 2) * 5; change++)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                File.WriteAllBytes(archive, bytes);
                try
                {
                    LibraryGenerator.Open("test", new() { Source = archive }).Dispose();
                }
                catch (Exception thrown) when (thrown is IOException or InvalidDataException)
                {
                    Assert.Contains(archive, thrown.Message, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task Every_picture_of_a_category_comes_in_every_size()
    {
        using LibraryGenerator library = LibraryGenerator.Open("test", new()
        {
            Source = Pack("zip", ("pear/a.png", Png(1)), ("pear/b.png", Png(1)), ("pear/c.png", Png(1))),
            PictureSidePx = 64, RotationMaxDegrees = 0,
        });

        IReadOnlyList<Outcome<Generated>> made = await library.GenerateAsync(
            [.. Enumerable.Range(0, 300).Select(i => Make("pear", (ulong)i * 7919))], Token);

        // 32 px wide: the scale alone says the size. A choice by the numbers that size it would split the range in 3.
        foreach (var picture in made.GroupBy(outcome => outcome.Value!.Lineage["source"]))
        {
            double[] scales = [.. picture.Select(outcome => double.Parse(outcome.Value!.Lineage["scale"]))];
            Assert.InRange(scales.Length, 60, 140);
            Assert.InRange(scales.Min(), 0.90, 1.03);
            Assert.InRange(scales.Max(), 1.49, 1.60);
        }
    }

    private static byte[] Png(int seed) => ImageCodec.EncodePng(TestImages.Noise(32, 24, seed));

    private static Prompt Make(string category, ulong seed = 1) => new()
    {
        Id = "0123456789abcdef", Category = category, Text = "x", Attempt = 0, Seed = seed,
    };

    private string Pack(string kind, params (string Name, byte[] Bytes)[] members)
    {
        string path = _folder.File("library." + kind);
        using FileStream file = File.Create(path);
        if (kind == "zip")
        {
            using ZipArchive zip = new(file, ZipArchiveMode.Create);
            foreach ((string name, byte[] bytes) in members)
            {
                using Stream content = zip.CreateEntry(name).Open();
                content.Write(bytes);
            }

            return path;
        }

        using Stream packed = kind == "tar" ? file : new GZipStream(file, CompressionLevel.Fastest);
        using TarWriter tar = new(packed);
        foreach ((string name, byte[] bytes) in members)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        }

        return path;
    }
}
