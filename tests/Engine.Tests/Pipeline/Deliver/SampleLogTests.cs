using Engine.Pipeline.Deliver;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>What every log must do; one body for the one in memory and the store.</summary>
public abstract class SampleLogTests
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract ISampleLog Log { get; }

    [Theory]
    [InlineData(new long[] { 1, 2, 3 })]
    [InlineData(new long[] { 9, 2, 10, 1 })]
    [InlineData(new long[] { 7 })]
    public async Task Samples_are_read_in_the_order_asked_for(long[] sequences)
    {
        await AddAsync(10);

        IReadOnlyList<LoggedSample> read = await Log.ReadAsync(sequences, long.MaxValue, Token);

        Assert.Equal(sequences, read.Select(at => at.Sequence));
        Assert.Equal(sequences.Length, read.Select(at => at.Sample.Key).Distinct().Count());
    }

    [Fact]
    public async Task Read_keeps_to_the_bytes_but_gives_one_at_least()
    {
        await AddAsync(10);

        Assert.Equal(4, Assert.Single(await Log.ReadAsync([4, 3, 2], 1, Token)).Sequence);
    }

    [Fact]
    public async Task Boundaries_are_kept_in_order_and_once()
    {
        await AddAsync(10);
        await Log.AddBoundaryAsync(7, Token);
        await Log.AddBoundaryAsync(3, Token);
        await Log.AddBoundaryAsync(7, Token);

        Assert.Equal([3, 7], Log.LoadBoundaries());
    }

    [Fact]
    public async Task Wait_ends_with_the_sample_that_is_waited_for()
    {
        await AddAsync(1);
        Task past = Log.WaitForSequenceAsync(0, Token);
        Task future = Log.WaitForSequenceAsync(2, Token);

        await AddAsync(1);
        bool isEarly = future.IsCompleted;
        await AddAsync(1);

        await past.WaitAsync(Token);
        Assert.False(isEarly);
        await future.WaitAsync(Token);
        Assert.Equal(3, Log.LastSequence);
    }

    [Fact]
    public async Task Wait_can_be_given_up()
    {
        using CancellationTokenSource stop = new();
        Task waiting = Log.WaitForSequenceAsync(0, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Token));
    }

    [Fact]
    public async Task Another_order_replaces_the_cursors_of_the_old_one_and_is_kept_with_its_own()
    {
        RankCursor shuffled = Cursor("a", 1, 2, 3) with { Order = new DeliveryOrder(128, long.MaxValue) };
        await Log.SaveCursorsAsync([Cursor("a", 0, 2, 4), Cursor("a", 1, 2, 5), Cursor("b", 0, 1, 6)], Token);

        await Log.SaveCursorsAsync([shuffled], Token);
        Assert.Equal([shuffled, Cursor("b", 0, 1, 6)], Sorted());
        RankCursor other = shuffled with { Order = new DeliveryOrder(128, 0), Position = 0 };
        await Log.SaveCursorsAsync([other], Token);
        Assert.Equal([other, Cursor("b", 0, 1, 6)], Sorted());

        await Log.ForgetGroupAsync("a", Token);
        await Log.SaveCursorsAsync([Cursor("a", 0, 1, 1)], Token);
        Assert.Equal([Cursor("a", 0, 1, 1), Cursor("b", 0, 1, 6)], Sorted());
    }

    [Fact]
    public async Task Cursors_are_kept_a_rank_and_a_new_world_replaces_the_old_one()
    {
        await Log.SaveCursorsAsync([Cursor("a", 0, 2, 4), Cursor("a", 1, 2, 5), Cursor("b", 0, 1, 6)], Token);
        await Log.SaveCursorsAsync([Cursor("a", 1, 2, 3)], Token);
        Assert.Equal([Cursor("a", 0, 2, 4), Cursor("a", 1, 2, 3), Cursor("b", 0, 1, 6)], Sorted());

        await Log.SaveCursorsAsync([Cursor("a", 2, 3, 8)], Token);
        await Log.ForgetGroupAsync("b", Token);

        Assert.Equal([Cursor("a", 2, 3, 8)], Sorted());
    }

    protected abstract Task AddAsync(int samples);

    private static RankCursor Cursor(string group, int rank, int world, long position) =>
        new(group, new RankShare(rank, world), DeliveryOrder.Plain, position);

    private IEnumerable<RankCursor> Sorted() =>
        Log.LoadCursors().OrderBy(at => at.Group, StringComparer.Ordinal).ThenBy(at => at.Share.Rank);
}
