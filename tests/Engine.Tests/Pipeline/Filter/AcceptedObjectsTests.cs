using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Filter;
using FsCheck;
using FsCheck.Fluent;
using Kernels.Device.Cpu;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Filter;

/// <summary>Goal: of objects alike only one passes, be the other accepted or still on its way; what was rejected keeps
/// nobody out; the bound is never passed. Method: any interleaving of tries and ends, held against a model.</summary>
public sealed class AcceptedObjectsTests : IDisposable
{
    private const int Width = 8;

    private readonly CpuDevice _device = new(threads: 2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Any_interleaving_of_tries_and_ends_is_that_of_the_model() => Prop.ForAll(
        Gen.Choose(1, 12).ToArbitrary(), Gen.Choose(0, 1).ToArbitrary(), Gen.Choose(0, 1_000_000).ToArbitrary(),
        (rowsMax, everywhere, seed) =>
        {
            Random random = new(seed);
            using AcceptedObjects objects = new("dup", Width, rowsMax, _device, _ => { });
            List<(string Key, string Category, float[] Point)> accepted = [];
            List<(string Key, string Category, float[] Point)> reserved = [];
            float[] kinds = UnitRows.Of(5, Width, seed); // Few kinds, so that many tries are alike.
            for (int step = 0; step < 80; step++)
            {
                if (reserved.Count > 0 && random.Next(3) > 0)
                {
                    End(objects, accepted, reserved, rowsMax, random);
                }
                else
                {
                    (string key, string category) = ($"try-{step}", $"c{random.Next(3)}");
                    float[] point = kinds[(random.Next(5) * Width)..][..Width];
                    bool isTaken = accepted.Concat(reserved).Any(one =>
                        (everywhere == 1 || one.Category == category) && one.Point.SequenceEqual(point));

                    (RealNeighbour? nearest, bool isReserved) = objects.Reserve(
                        key, category, everywhere == 1, point, max: 0.999);

                    Assert.Equal(!isTaken, isReserved);
                    if (isReserved)
                    {
                        reserved.Add((key, category, point));
                    }
                    else
                    {
                        Assert.Contains(accepted.Concat(reserved), one =>
                            one.Key == nearest!.Value.Id && one.Point.SequenceEqual(point));
                    }
                }

                Assert.Equal(accepted.Select(one => one.Key).Order(), objects.Keys.Order());
                Assert.InRange(objects.Rows, 0, rowsMax);
                Assert.Equal(reserved.Count, objects.Reserved);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Equal_objects_score_the_same_whether_accepted_or_on_their_way()
    {
        using AcceptedObjects objects = new("dup", 33, 10, _device, _ => { });
        (float[] point, float[] query) = (UnitRows.Of(1, 33, seed: 1), UnitRows.Of(1, 33, seed: 2));

        objects.Reserve("a", "c", everywhere: false, point, max: 1);
        double reserved = objects.Reserve("b", "c", everywhere: false, query, max: -1).Nearest!.Value.Cosine;
        objects.Accept("a");
        double accepted = objects.Reserve("b", "c", everywhere: false, query, max: -1).Nearest!.Value.Cosine;

        Assert.Equal(reserved, accepted);
    }

    [Fact]
    public async Task The_filter_says_which_sample_and_leaves_score_and_neighbour()
    {
        using AcceptedObjects objects = new("dup", 2, 10, _device, _ => { });
        DuplicateFilter filter = new(new() { Name = "dup", Duplicates = new() { Max = 0.9 } }, objects);
        FilterChain chain = new([filter], "fake");

        Outcome<Embedded> first = await chain.JudgeAsync(Try(0, [1, 0]), Token);
        Outcome<Embedded> alike = await chain.JudgeAsync(Try(1, [0.95f, 0.31f]), Token);
        Outcome<Embedded> other = await chain.JudgeAsync(Try(2, [0.6f, 0.8f]), Token);
        Outcome<Embedded> nothing = await chain.JudgeAsync(Try(3, [float.NaN, 0]), Token);
        chain.Rejected(Try(0, []).Annotated.Picture.Prompt.Key);
        Outcome<Embedded> again = await chain.JudgeAsync(Try(4, [0.95f, 0.31f]), Token);

        Assert.Empty(first.Value!.Scores);
        Assert.Equal(RejectReason.NearDuplicate, alike.DropReason);
        Assert.Equal(
            "dup: the cosine to sample '0123456789abcdef-000000' is 0.95; at most 0.9 is wanted", alike.Detail);
        Assert.Equal(0.6, other.Value!.Scores["dup"], 1e-3);
        Assert.Equal("0123456789abcdef-000000", other.Value.Neighbours["dup"]);
        Assert.Equal(RejectReason.NearDuplicate, nothing.DropReason);
        Assert.Equal("0123456789abcdef-000002", again.Value!.Neighbours["dup"]); // 0.818 to it.
        Assert.Contains(RejectReason.NearDuplicate, RejectReason.All);
    }

    [Fact]
    public async Task An_embedding_of_another_width_is_named()
    {
        using AcceptedObjects objects = new("dup", 2, 10, _device, _ => { });
        DuplicateFilter filter = new(new() { Name = "dup", Duplicates = new() }, objects);

        InvalidDataException thrown = await Assert.ThrowsAsync<InvalidDataException>(
            () => filter.JudgeAsync(Try(0, [1, 0, 0]), Token).AsTask());

        Assert.Contains("3 numbers", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_row_that_gives_way_is_said_once()
    {
        List<string> said = [];
        using AcceptedObjects objects = new("dup", 2, 3, _device, said.Add);
        for (int i = 0; i < 9; i++)
        {
            objects.Restore($"k{i}", "c", [1, 0]);
        }

        Assert.Equal(["k6", "k7", "k8"], objects.Keys.Order());
        Assert.Equal(6, objects.Forgotten);
        Assert.Contains("3 accepted samples are remembered", Assert.Single(said), StringComparison.Ordinal);
    }

    private static void End(
        AcceptedObjects objects, List<(string Key, string Category, float[] Point)> accepted,
        List<(string Key, string Category, float[] Point)> reserved, int rowsMax, Random random)
    {
        int at = random.Next(reserved.Count);
        (string key, _, _) = reserved[at];
        if (random.Next(2) == 0)
        {
            objects.Release(key);
        }
        else
        {
            objects.Accept(key);
            accepted.Add(reserved[at]);
            accepted.RemoveRange(0, Math.Max(0, accepted.Count - rowsMax));
        }

        reserved.RemoveAt(at);
        objects.Accept(key); // Ended already: nothing happens.
        objects.Release(key);
    }

    private static Embedded Try(int attempt, float[] point)
    {
        Embedded item = FilterItem.Of("c", point);
        Picture picture = item.Annotated.Picture;
        return item with
        {
            Annotated = item.Annotated with
            {
                Picture = new Picture(
                    picture.Prompt with { Attempt = attempt }, picture.Image, "fake", picture.Lineage),
            },
        };
    }
}
