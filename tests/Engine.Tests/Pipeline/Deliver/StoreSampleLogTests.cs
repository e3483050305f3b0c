using Engine.Items;
using Engine.Pipeline.Deliver;
using Engine.Store;
using Engine.Tests.Store;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: the real store keeps the contract, and what a rank reads is what was appended, across restarts.
/// </summary>
public sealed class StoreSampleLogTests : SampleLogTests, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SampleStore _store = null!;
    private int _made;

    protected override ISampleLog Log => new StoreSampleLog(_store);

    public ValueTask InitializeAsync()
    {
        _store = Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Rank_reads_what_was_appended_and_goes_on_where_it_was_after_a_restart()
    {
        await AddAsync(6);
        await using (DeliveryHub hub = new(Log, new DeliverOptions(), TimeProvider.System))
        {
            using RankLink link = hub.Attach("train", new RankShare(1, 2));
            Lent<PlacedSample> read = await link.NextAsync(2, long.MaxValue, Token);
            Samples.AssertSame(Samples.Of(2), read[1].Sample);
            link.Ack(read[1].Sequence);
        }

        string stream = _store.StreamId;
        await _store.DisposeAsync();
        _store = Open();
        await using DeliveryHub again = new(Log, new DeliverOptions(), TimeProvider.System);
        using RankLink next = again.Attach("train", new RankShare(1, 2));

        Assert.Equal(stream, again.StreamId);
        Assert.Equal(5, (await next.NextAsync(2, long.MaxValue, Token)).Single().Sequence);
    }

    protected override async Task AddAsync(int samples)
    {
        Sample[] made = Samples.Range(_made, samples);
        _made += samples;
        await _store.AppendAsync(made, Token);
    }

    private SampleStore Open() =>
        SampleStore.Open(new StoreOptions { Directory = _folder.Path, FreeBytesMin = 0 }, TimeProvider.System);
}
