using System.Globalization;
using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Remote;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Remote;

/// <summary>Goal: a request is made again when that may help, after the right wait, and else not. Method: a clock that
/// stands still; the waits are what the timers were set to.</summary>
public sealed class RemoteRetryTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100); // The rig's request timeout.

    private readonly WatchedClock _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_error_is_tried_again_with_full_jitter_under_a_bound_that_doubles()
    {
        using MeterTotals totals = new("Headwater.Generate", "outcome", "server_error");
        using ScriptedServer server = new(
            ScriptedServer.Status("500 Oops"), ScriptedServer.Status("502 Oops"), RemoteRig.GoodOpenai);
        using RemoteGenerator generator = Open(server);

        Task<Outcome<Generated>> call = RemoteRig.OneAsync(generator, Token);
        TimeSpan first = await PassAsync();
        TimeSpan second = await PassAsync();

        Assert.Null((await call).DropReason);
        Assert.InRange(first, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.InRange(second, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(3, server.Requests);
        Assert.Equal(2, totals["headwater.remote.retries"]);
    }

    [Theory]
    [InlineData("429 Too Many Requests", "17", 17)]
    [InlineData("503 Unavailable", "17", 17)]
    [InlineData("503 Unavailable", "date", 20)]
    [InlineData("429 Too Many Requests", "3600", 120)] // Longer than retry_after_max.
    public async Task Retry_after_is_kept_up_to_its_bound(string status, string asked, int seconds)
    {
        string after = asked == "date"
            ? _clock.GetUtcNow().AddSeconds(20).ToString("r", CultureInfo.InvariantCulture)
            : asked;
        using ScriptedServer server = new(
            ScriptedServer.Status(status, $"Retry-After: {after}\r\n"), RemoteRig.GoodOpenai);
        using RemoteGenerator generator = Open(server);

        Task<Outcome<Generated>> call = RemoteRig.OneAsync(generator, Token);
        TimeSpan wait = await PassAsync();

        Assert.Null((await call).DropReason);
        Assert.InRange(wait.TotalSeconds, seconds, Math.Min(120, seconds + 1)); // And up to 1 s of jitter.
    }

    [Fact]
    public async Task Slow_answer_is_given_up_at_the_timeout_and_asked_again()
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ScriptedServer server = new(async (i, to, stop) =>
        {
            if (i == 0)
            {
                await to.WriteAsync(RemoteRig.GoodOpenai.AsMemory(0, 100), stop);
                asked.TrySetResult();
                await Task.Delay(Timeout.Infinite, stop);
            }

            await to.WriteAsync(RemoteRig.GoodOpenai, stop);
        });
        using RemoteGenerator generator = Open(server);

        Task<Outcome<Generated>> call = RemoteRig.OneAsync(generator, Token);
        await asked.Task.WaitAsync(Token);
        Assert.Equal(Limit, await _clock.NextAsync(Token));
        _clock.Advance(Limit);
        await PassAsync();

        Assert.Null((await call).DropReason);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task Retries_end_at_their_bound_and_the_sentence_counts_them()
    {
        using ScriptedServer server = new((_, _, _) => Task.CompletedTask); // Hangs up each time.
        using RemoteGenerator generator = Open(server, retriesMax: 2);

        Task<Outcome<Generated>> call = RemoteRig.OneAsync(generator, Token);
        await PassAsync();
        await PassAsync();
        Outcome<Generated> outcome = await call;

        Assert.Equal(3, server.Requests);
        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.EndsWith("3 requests in all", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("400 Bad Request")]
    [InlineData("401 Unauthorized")]
    [InlineData("404 Not Found")]
    [InlineData("422 Unprocessable")]
    public async Task Refusal_of_the_request_itself_is_final_and_does_not_show_the_key(string status)
    {
        byte[] repeated = System.Text.Encoding.UTF8.GetBytes($"bad key {RemoteRig.Key}");
        using ScriptedServer server = new(ScriptedServer.Answer(status, "text/plain", repeated));
        using RemoteGenerator generator = Open(server);

        Outcome<Generated> outcome = await RemoteRig.OneAsync(generator, Token);

        Assert.Equal(1, server.Requests);
        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.Contains($"answered {status[..3]}", outcome.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(RemoteRig.Key, outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]  // While the answer is awaited.
    [InlineData(false)] // While a retry is awaited.
    public async Task Cancellation_ends_the_call_at_once(bool inRequest)
    {
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ScriptedServer server = new(async (_, to, stop) =>
        {
            asked.TrySetResult();
            await (inRequest ? Task.Delay(Timeout.Infinite, stop)
                : to.WriteAsync(ScriptedServer.Status("500 Oops"), stop).AsTask());
        });
        using RemoteGenerator generator = Open(server);
        using CancellationTokenSource stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);

        Task<Outcome<Generated>> call = RemoteRig.OneAsync(generator, stopping.Token);
        await asked.Task.WaitAsync(Token);
        if (!inRequest)
        {
            await _clock.NextButAsync(Limit, Token);
        }

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(1, server.Requests);
    }

    private RemoteGenerator Open(ScriptedServer server, int retriesMax = 4) => RemoteGenerator.Open(
        "far", RemoteRig.Options(server) with { RetriesMax = retriesMax }, _clock);

    /// <summary>Lets the next wait between two tries pass.</summary>
    private async Task<TimeSpan> PassAsync()
    {
        TimeSpan wait = await _clock.NextButAsync(Limit, Token);
        _clock.Advance(wait);
        return wait;
    }
}
