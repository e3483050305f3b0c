using Engine.Store;

namespace Engine.Tests.Store;

public sealed class LockTests
{
    [Fact]
    public async Task A_second_writer_is_refused_with_the_directory_and_the_holder()
    {
        using StoreFolder folder = new();
        await using SampleStore first = folder.Open();

        StoreException refused = Assert.Throws<StoreException>(() => folder.Open());

        Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        await first.AppendAsync(Samples.Range(0, 1));
    }

    [Fact]
    public async Task A_closed_store_frees_its_directory_even_when_it_is_closed_twice()
    {
        using StoreFolder folder = new();
        SampleStore first = folder.Open();

        await first.DisposeAsync();
        await first.DisposeAsync();

        await using SampleStore second = folder.Open();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => first.AppendAsync(Samples.Range(0, 1)));
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_frees_its_directory()
    {
        using StoreFolder folder = new();
        await using (SampleStore store = folder.Open())
        {
            await store.AppendAsync(Samples.Range(0, 1));
        }

        File.Move(folder.Shard(0), folder.Shard(0) + ".away");
        Assert.Throws<StoreDamagedException>(() => folder.Open());
        File.Move(folder.Shard(0) + ".away", folder.Shard(0));

        Assert.Single(await folder.ReadAllAsync());
    }

    [Fact]
    public void Wrong_options_are_refused_with_every_problem()
    {
        using StoreFolder folder = new();
        StoreOptions wrong = new()
        {
            Directory = " ",
            ShardBytesMax = 1,
            SampleBytesMax = 0,
            FreeBytesMin = -1,
            FreePollInterval = TimeSpan.Zero,
            VerifySamples = -1,
        };

        ArgumentException refused = Assert.Throws<ArgumentException>(() => folder.Open(wrong));

        Assert.Equal(6, wrong.Problems().Count());
        Assert.All(
            wrong.Problems(), problem => Assert.Contains(problem.Property, refused.Message, StringComparison.Ordinal));
        Assert.Empty(new StoreOptions().Problems());
    }
}
