using Engine.Index.Sources;

namespace Engine.Tests.Index;

/// <summary>Goal: memory does not grow with annotations. Method: the json is made while it is read, and live memory is
/// taken every few MB of it, on opening and on reading.</summary>
[Collection(nameof(Alone))]
public sealed class CocoSourceMemoryTests
{
    private const int Annotations = 300_000;
    private const long Step = 16 << 20;
    private const long GrowthMax = 20 << 20;

    [Fact]
    public async Task Memory_stays_flat_over_300_000_annotations()
    {
        await ReadAsync(1000, onRead: null); // whatever is made once is made before
        long before = GC.GetTotalMemory(forceFullCollection: true);
        (long peak, long next) = (before, 0);

        int instances = await ReadAsync(Annotations, position =>
        {
            if (position >= next)
            {
                next = position + Step;
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true));
            }
        });

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.Equal(Annotations, instances);
        Assert.True(next > 5 * Step, $"the text had only {next} bytes");
        Assert.InRange(peak - before, long.MinValue, GrowthMax);
        Assert.InRange(after - before, long.MinValue, GrowthMax);
    }

    private static async Task<int> ReadAsync(int annotations, Action<long>? onRead)
    {
        await using CocoSource source = await CocoSource.OpenAsync(
            () => new GeneratedCoco(annotations, onRead), new() { AnnotationsFile = "made" }, CancellationToken.None);
        int instances = 0;
        await foreach (RealGroup group in source.ReadAsync(CancellationToken.None))
        {
            instances += group.Instances.Count;
        }

        Assert.Equal(0, source.Problems.Total);
        return instances;
    }
}
