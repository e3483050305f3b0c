using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.CopyPaste;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Runtimes.CopyPaste;

/// <summary>Goal: the window holds what it says, whatever was asked before. Method: against a plain listing.</summary>
public sealed class PoolWindowTests
{
    [Fact]
    public void The_window_is_the_newest_samples_by_category() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(30), Prop.ForAll<int, byte>(IsAsListed));

    [Fact]
    public void A_category_of_one_sample_is_drawn_as_often_as_one_of_a_thousand()
    {
        MemoryPool pool = new([.. Enumerable.Repeat("many", 1000), "one", "two", "two"]);
        IReadOnlyList<IReadOnlyList<StoredSample>> window = new PoolWindow(pool, 2000).At(1003);
        SeededRandom random = new(7);
        Dictionary<string, int> drawn = [];
        for (int i = 0; i < 30_000; i++)
        {
            string category = PoolWindow.Draw(window, ref random).Category;
            drawn[category] = drawn.GetValueOrDefault(category) + 1;
        }

        Assert.All(drawn.Values, count => Assert.InRange(count, 9_700, 10_300)); // 3.7 deviations.
        Assert.Equal(3, drawn.Count);
    }

    private static bool IsAsListed(int seed, byte size)
    {
        Random random = new(seed);
        MemoryPool pool = new([.. Enumerable.Range(0, 4000).Select(_ => $"c{random.Next(6)}")]);
        int samplesMax = 1 + (size * 12);
        PoolWindow window = new(pool, samplesMax);
        return Enumerable.Range(0, 12).All(_ =>
        {
            long last = random.Next(0, 4001);
            IReadOnlyList<IReadOnlyList<StoredSample>> at = window.At(last);
            IEnumerable<IEnumerable<StoredSample>> plain = pool.List(Math.Max(0, last - samplesMax), last)
                .GroupBy(one => one.Category).OrderBy(of => of.Key, StringComparer.Ordinal);
            return plain.Select(of => of.ToArray()).SequenceEqual(at.Select(of => of.ToArray()), Same);
        });
    }

    private static IEqualityComparer<StoredSample[]> Same { get; } = EqualityComparer<StoredSample[]>.Create(
        (one, other) => one!.AsSpan().SequenceEqual(other), of => of.Length);
}
