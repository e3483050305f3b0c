using Kernels.Device;
using Kernels.Device.Cuda;
using Kernels.Similarity;
using Tests.Shared;

namespace Kernels.Tests.Device;

/// <summary>
/// Goal: the PTX that is built in is that of today's sources, is complete, and can be made again. Method: its first
/// line holds the source's hash; the rest is read, and made again by clang. No GPU is needed.
/// </summary>
public sealed class CudaPtxTests
{
    private static readonly string CudaFolder = Repository.Path("src", "Kernels", "Device", "Cuda");

    public static TheoryData<string, string, int> Variants => [.. Listed().SelectMany(
        variant => variant.Capabilities.Select(made => (variant.Source.Name, variant.Source.Variant, made)))];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_listed_variant_is_built_in_with_the_hash_of_its_source(string name, string variant, int made)
    {
        KernelSource source = Listed().Single(
            one => one.Source.Name == name && one.Source.Variant == variant).Source;

        CudaPtx ptx = CudaPtx.Find(source, made);

        Assert.Equal(made, ptx.Capability);
        Assert.Contains($"\n.target sm_{made}\n", ptx.Text, StringComparison.Ordinal);
        Assert.NotEmpty(ptx.Entries());
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void No_PTX_calls_what_is_not_there_or_names_a_path_of_the_machine_that_made_it(
        string name, string variant, int made)
    {
        string text = CudaPtx.Find(Listed().Single(
            one => one.Source.Name == name && one.Source.Variant == variant).Source, made).Text;

        Assert.DoesNotContain(".extern", text, StringComparison.Ordinal); // A function that Port.h does not offer.
        Assert.DoesNotContain(".file", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"/(home|usr|tmp|root|work|build)/", text);
    }

    [Fact]
    public void Every_tile_that_a_GPU_may_be_asked_for_is_listed_with_the_same_definitions()
    {
        foreach (RowType type in Enum.GetValues<RowType>())
        {
            foreach ((int queries, int neighbours, bool tensor) in
                from queries in (int[])[1, 2, 8, 9, 32, 33, 300]
                from neighbours in (int[])[1, 16, 17, 64]
                from tensor in (bool[])[false, true]
                where !tensor || type == RowType.F16
                select (queries, neighbours, tensor))
            {
                SimilarityTile tile = SimilarityTile.For(wide: false, tensor, queries, neighbours);

                CudaPtx ptx = CudaPtx.Find(tile.Source(type), capability: 90);

                Assert.Superset(
                    new HashSet<string> { tile.Entry(type), "similarity_queries", "similarity_merge" },
                    ptx.Entries().Keys.ToHashSet());
            }
        }
    }

    [Theory]
    [InlineData(70, 70)]
    [InlineData(75, 70)]
    [InlineData(86, 80)]
    [InlineData(90, 90)]
    [InlineData(120, 90)]
    public void A_GPU_gets_the_newest_that_it_can_run(int capability, int expected) =>
        Assert.Equal(expected, CudaPtx.Find(Listed()[0].Source, capability).Capability);

    [Fact]
    public void A_GPU_that_is_too_old_and_a_text_that_was_changed_are_refused_in_words()
    {
        KernelSource source = Listed()[0].Source;

        Assert.Contains(
            "sm_61", Assert.Throws<KernelDeviceException>(() => CudaPtx.Find(source, 61)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "build-ptx.sh",
            Assert.Throws<KernelDeviceException>(
                () => CudaPtx.Find(source with { Text = source.Text + " " }, 90)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_counted_as_the_kernel_has_them()
    {
        IReadOnlyDictionary<string, int> entries = CudaPtx.Find(Listed()[0].Source, 80).Entries();

        Assert.Equal(16, entries["similarity_f32_streamed"]);
        Assert.Equal(6, entries["similarity_queries"]);
        Assert.Equal(7, entries["similarity_merge"]);
    }

    [Fact]
    public async Task Clang_makes_the_same_files_again()
    {
        if ((await Command.RunAsync("/bin/sh", ["-c", "command -v clang-16"])).ExitCode != 0)
        {
            RequiredDevice.Missing("No clang-16");
        }

        using TempFolder folder = new();

        Command made = await Command.RunAsync(
            "/bin/bash", [Path.Combine(CudaFolder, "build-ptx.sh"), folder.Path]);

        Assert.True(made.ExitCode == 0, made.Error);
        string kept = Path.Combine(CudaFolder, "Ptx");
        Assert.Equal(
            Directory.GetFiles(kept).Select(Path.GetFileName).Order(),
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(folder.Path), file => Assert.True(
            File.ReadAllText(file) == File.ReadAllText(Path.Combine(kept, Path.GetFileName(file))),
            $"{Path.GetFileName(file)} differs: run build-ptx.sh, or it was made by another clang 16."));
    }

    private static List<(KernelSource Source, int[] Capabilities)> Listed() =>
    [
        .. File.ReadAllLines(Path.Combine(CudaFolder, "ptx-variants.txt"))
            .Where(line => !line.StartsWith('#'))
            .Select(line => line.Split(' '))
            .Select(words => (
                KernelSource.Embedded(words[0].Split('+'), words[1], [.. words[3..].Select(Define)]),
                words[2].Split(',').Select(int.Parse).ToArray())),
    ];

    private static KeyValuePair<string, int> Define(string text)
    {
        string[] parts = text.Split('=');
        return new(parts[0], int.Parse(parts[1]));
    }
}
