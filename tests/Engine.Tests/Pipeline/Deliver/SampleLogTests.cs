using Engine.Pipeline.Deliver;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>What every log must do; one body for the one in memory and the store.</summary>
public abstract class SampleLogTests
{
    private static readonly RankShare Alone = new(0, 1);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract ISampleLog Log { get; }

    [Theory]
    [InlineData(0, 1, 0, new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })]
    [InlineData(0, 1, 7, new long[] { 8, 9, 10 })]
    [InlineData(0, 3, 0, new long[] { 3, 6, 9 })]
    [InlineData(1, 3, 4, new long[] { 7, 10 })]
    [InlineData(2, 3, 8, new long[] { })]
    public async Task Share_is_read_in_order_after_its_cursor(int rank, int world, long after, long[] expected)
    {
        await AddAsync(10);

        IReadOnlyList<LoggedSample> read =
            await Log.ReadAsync(after, new RankShare(rank, world), 100, long.MaxValue, Token);

        Assert.Equal(expected, read.Select(at => at.Sequence));
    }

    [Fact]
    public async Task Read_keeps_to_items_and_bytes_but_gives_one_at_least()
    {
        await AddAsync(10);

        Assert.Equal(3, (await Log.ReadAsync(0, Alone, 3, long.MaxValue, Token)).Count);
        Assert.Equal(1, (await Log.ReadAsync(0, Alone, 3, 1, Token))[0].Sequence);
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

    private static RankCursor Cursor(string group, int rank, int world, long sequence) =>
        new(group, new RankShare(rank, world), sequence);

    private IEnumerable<RankCursor> Sorted() =>
        Log.LoadCursors().OrderBy(at => at.Group, StringComparer.Ordinal).ThenBy(at => at.Share.Rank);
}
