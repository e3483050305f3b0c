using Engine.Items;
using Engine.Pipeline.Prompts;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Prompts;

public sealed class PromptPlannerTests
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(30);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Next_waits_while_all_that_is_wanted_is_in_flight_and_goes_on_when_one_is_rejected()
    {
        PromptPlanner planner = Planner(Plan(quota: 2), "a");
        Prompt first = (await planner.NextAsync(Token))!;
        Prompt second = (await planner.NextAsync(Token))!;

        Task<Prompt?> third = planner.NextAsync(Token).AsTask();
        bool waits = !third.IsCompleted;
        planner.Rejected(Rejection(second));
        Prompt? retry = await third.WaitAsync(HangLimit, Token);

        Assert.True(waits);
        Assert.Equal((first.Id, 2), (retry!.Id, retry.Attempt));
    }

    [Fact]
    public async Task Next_ends_with_null_when_the_last_sample_is_accepted_and_the_intake_is_closed()
    {
        PromptPlanner planner = Planner(Plan(quota: 1), "a");
        Prompt only = (await planner.NextAsync(Token))!;
        Task<Prompt?> end = planner.NextAsync(Token).AsTask();

        planner.Accepted(only.Id, only.Attempt);
        bool endedWithIntakeOpen = end.IsCompleted;
        planner.CloseIntake();

        Assert.False(endedWithIntakeOpen);
        Assert.Null(await end.WaitAsync(HangLimit, Token));
        Assert.Null(await planner.NextAsync(Token));
        Assert.Throws<InvalidOperationException>(() => planner.Add([]));
    }

    [Fact]
    public async Task Wait_ends_when_it_is_cancelled_and_the_planner_goes_on()
    {
        PromptPlanner planner = Planner(Plan(quota: 1));
        using CancellationTokenSource stop = new();
        Task<Prompt?> waiting = planner.NextAsync(stop.Token).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(HangLimit, Token));
        planner.Add([new("cat", "a")]);

        Assert.NotNull(await planner.NextAsync(Token));
    }

    [Fact]
    public async Task Prompts_added_while_somebody_waits_are_issued()
    {
        PromptPlanner planner = Planner(Plan(quota: 1));
        Task<Prompt?> waiting = planner.NextAsync(Token).AsTask();

        AddResult result = planner.Add(
            [
                new("CAT", "  a  Cat "), new("cat", "a cat"), new("cat", "a cat", 5), new("dog", "a"),
                new("cat", "\u0007"),
            ]);
        Prompt? issued = await waiting.WaitAsync(HangLimit, Token);

        Assert.Equal(
            [
                new AddedPrompt(PromptIdentity.Id("cat", "a cat", null), "cat", "a  Cat", null),
                new AddedPrompt(PromptIdentity.Id("cat", "a cat", 5), "cat", "a cat", 5),
            ],
            result.Added);
        Assert.Equal((2, 1, 2), (result.AddedCount, result.Duplicates, result.RefusedCount));
        Assert.Equal(
            [
                new RefusedPrompt(3, "the category 'dog' is not in the plan (new_categories is false)"),
                new RefusedPrompt(4, "the prompt has the control character U+0007 at character 0"),
            ],
            result.Refused);
        Assert.Equal(("a  Cat", "cat"), (issued!.Text, issued.Category));
    }

    [Fact]
    public async Task Seed_that_a_prompt_brought_counts_up_with_its_attempts()
    {
        PromptPlanner planner = Planner(Plan(quota: 2));
        planner.Add([new("cat", "a", 40)]);

        Prompt? first = await planner.NextAsync(Token);
        Prompt? second = await planner.NextAsync(Token);

        Assert.Equal((40UL, 41UL), (first!.Seed, second!.Seed));
    }

    [Fact]
    public async Task New_category_opens_with_the_plans_quota_when_the_plan_allows_it()
    {
        PromptPlanner planner = Planner(new PlanOptions { NewCategories = true, Quota = 3 });

        planner.Add([new("Dog", "a"), new("dog", "b")]);

        Assert.Equal("Dog", (await planner.NextAsync(Token))!.Category);
        CategoryProgress dog = Assert.Single(planner.Progress().Categories);
        Assert.Equal(("Dog", 3, 2, CategoryState.Open), (dog.Name, dog.Wanted, dog.Prompts, dog.State));
    }

    [Fact]
    public void Full_planner_refuses_with_the_bound_and_still_knows_duplicates()
    {
        PromptPlanner planner = Planner(Plan(quota: 1) with { PromptsMax = 1 }, "a");

        AddResult result = planner.Add([new("cat", "b"), new("cat", "A")]);

        Assert.Equal((0, 1), (result.AddedCount, result.Duplicates));
        Assert.Equal(
            new RefusedPrompt(0, "1 prompts are held; prompts_max (1) allows no more"), Assert.Single(result.Refused));
    }

    [Fact]
    public async Task Exhausted_category_says_why_and_opens_again_for_a_new_prompt()
    {
        PromptPlanner planner = Planner(Plan(quota: 2) with { AttemptsPerPromptMax = 1 }, "a");
        Prompt prompt = (await planner.NextAsync(Token))!;
        planner.Rejected(Rejection(prompt) with { Reason = "of another set" });

        CategoryProgress exhausted = planner.Progress().Categories[0];
        planner.Add([new("cat", "b")]);
        CategoryProgress open = planner.Progress().Categories[0];

        Assert.Equal(
            (CategoryState.Exhausted, "each of its 1 prompts was tried 1 times (attempts_per_prompt_max)"),
            (exhausted.State, exhausted.Closed));
        Assert.Equal(1, exhausted.Rejected["other"]);
        Assert.Equal((CategoryState.Open, null), (open.State, open.Closed));
    }

    [Fact]
    public async Task Category_without_prompts_waits_for_some_until_the_intake_is_closed()
    {
        PromptPlanner planner = Planner(Plan(quota: 2));

        CategoryState before = planner.Progress().Categories[0].State;
        planner.CloseIntake();

        Assert.Equal(CategoryState.Open, before);
        Assert.Equal("it has no prompts", planner.Progress().Categories[0].Closed);
        Assert.Null(await planner.NextAsync(Token));
    }

    [Fact]
    public async Task Tries_in_vain_close_the_category_with_the_bound()
    {
        PromptPlanner planner = Planner(Plan(quota: 2) with { AttemptsPerQuotaMax = 3 }, "a", "b");
        planner.CloseIntake();

        while (await planner.NextAsync(Token) is { } prompt)
        {
            planner.Rejected(Rejection(prompt));
        }

        Assert.Equal(
            "6 tries gave 0 of 2 samples; 3 tries a sample are allowed (attempts_per_quota_max)",
            planner.Progress().Categories[0].Closed);
    }

    [Fact]
    public async Task Report_of_a_try_that_is_not_in_flight_changes_nothing()
    {
        PromptPlanner planner = Planner(Plan(quota: 2), "a");
        Prompt prompt = (await planner.NextAsync(Token))!;
        planner.Accepted(prompt.Id, prompt.Attempt);

        Assert.False(planner.Accepted(prompt.Id, prompt.Attempt));
        Assert.False(planner.Rejected(Rejection(prompt)));
        Assert.False(planner.Accepted("0000000000000000", 0));
        Assert.Equal(1, planner.Progress().Categories[0].Accepted);
    }

    [Fact]
    public async Task Restored_account_counts_towards_quota_and_tries_whatever_the_spelling_of_the_name()
    {
        string id = PromptIdentity.Id("cat", "a", null);
        PlannerState state = new()
        {
            Accepted = new Dictionary<string, long> { ["Cat"] = 1 },
            Rejected = new Dictionary<(string, string), long> { [("Cat", RejectReason.Blank)] = 2 },
            Prompts = new Dictionary<string, EndedTries> { [id] = new(4, [1]), ["ffffffffffffffff"] = new(9, []) },
        };

        PromptPlanner planner = new(Plan(quota: 9), [new("cat", "a")], state, runSeed: 1);
        List<int> attempts = [];
        while (attempts.Count < 3)
        {
            attempts.Add((await planner.NextAsync(Token))!.Attempt);
        }

        CategoryProgress cat = planner.Progress().Categories[0];
        Assert.Equal((1, 3, 3), (cat.Accepted, cat.Tried, cat.InFlight));
        Assert.Equal(2, cat.Rejected[RejectReason.Blank]);
        Assert.Equal([1, 4, 5], attempts);
    }

    [Fact]
    public async Task Many_takers_and_reporters_at_once_end_each_try_once_and_fill_each_quota()
    {
        PlanOptions plan = new()
        {
            Categories = [.. Enumerable.Range(0, 20).Select(i => new CategoryOptions { Name = $"c{i}", Quota = 50 })],
        };
        PromptPlanner planner = new(
            plan, [.. plan.Categories.Select(one => new PromptRequest(one.Name, "a"))], PlannerState.Empty, runSeed: 1);
        planner.CloseIntake();
        int taken = 0;

        async Task WorkAsync()
        {
            while (await planner.NextAsync(Token) is { } prompt)
            {
                Interlocked.Increment(ref taken);
                await Task.Yield();
                Assert.True(prompt.Attempt % 3 == 0
                    ? planner.Rejected(Rejection(prompt))
                    : planner.Accepted(prompt.Id, prompt.Attempt));
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(WorkAsync, Token))).WaitAsync(HangLimit, Token);

        PlanProgress end = planner.Progress();
        Assert.All(end.Categories, category => Assert.Equal((50, 0), (category.Accepted, category.InFlight)));
        Assert.Equal(taken, end.Categories.Sum(category => category.Tried));
    }

    [Fact]
    public async Task Counters_name_a_category_only_while_there_are_few()
    {
        using MeterTotals named = new("Headwater.Prompts", "category", "metered 1999");
        using MeterTotals folded = new("Headwater.Prompts", "category", "metered 2000");
        PlanOptions plan = new()
        {
            Categories =
            [
                .. Enumerable.Range(0, 2001).Select(i => new CategoryOptions { Name = $"metered {i}", Quota = 1 }),
            ],
        };
        PromptPlanner planner = new(
            plan, [.. plan.Categories.Select(one => new PromptRequest(one.Name, "a"))], PlannerState.Empty, runSeed: 1);
        planner.CloseIntake();

        while (await planner.NextAsync(Token) is { } prompt)
        {
            planner.Accepted(prompt.Id, prompt.Attempt);
        }

        Assert.Equal(1, named["headwater.prompts.accepted"]);
        Assert.Equal(0, folded["headwater.prompts.accepted"]);
    }

    [Fact]
    public void Plan_with_problems_is_refused_with_all_of_them()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => Planner(Plan(quota: 1) with { PromptsMax = 0, PromptBytesMax = 0, Templates = [] }));

        Assert.Contains("PromptsMax is 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PromptBytesMax is 0", refused.Message, StringComparison.Ordinal);
    }

    private static PlanOptions Plan(long quota) =>
        new() { Categories = [new CategoryOptions { Name = "cat", Quota = quota }] };

    private static PromptPlanner Planner(PlanOptions plan, params string[] prompts) => new(
        plan, [.. prompts.Select(text => new PromptRequest("cat", text))], PlannerState.Empty, runSeed: 1);

    private static Rejection Rejection(Prompt prompt) =>
        new(prompt.Id, prompt.Attempt, prompt.Category, "filter", RejectReason.ScoreLow, Detail: null);
}
