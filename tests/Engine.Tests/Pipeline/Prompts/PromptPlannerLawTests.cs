using Engine.Items;
using Engine.Pipeline.Prompts;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Pipeline.Prompts;

/// <summary>
/// Goal: the planner's laws hold for any plan, any fate of the tries and any order in which they end.
/// Method: random plans played to their end against a model of what each category has; FsCheck prints the seed.
/// </summary>
public sealed class PromptPlannerLawTests
{
    private static readonly Config Rounds = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static readonly Gen<PlanCase> Plans =
        from count in Gen.Choose(1, 6)
        from weights in Gen.Elements(0.1, 0.5, 1, 1, 2, 3.7, 40).ListOf(count)
        from quotas in Gen.Choose(1, 9).ListOf(count)
        from rates in Gen.Elements(0, 0.05, 0.3, 0.7, 1, 1).ListOf(count)
        from prompts in Gen.Choose(1, 5)
        from window in Gen.Choose(1, 12)
        from perQuota in Gen.Elements(1, 3, 20)
        from perPrompt in Gen.Elements(1, 4, 1_000_000)
        select new PlanCase(
            new PlanOptions
            {
                Categories =
                [
                    .. Enumerable.Range(0, count).Select(i =>
                        new CategoryOptions { Name = $"c{i}", Weight = weights[i], Quota = quotas[i] }),
                ],
                AttemptsPerQuotaMax = perQuota,
                AttemptsPerPromptMax = perPrompt,
            },
            [.. rates],
            prompts,
            window);

    private static readonly Gen<(PlanCase Plan, int Seed)> Runs =
        from plan in Plans
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select (plan, seed);

    [Fact]
    public void Accepted_and_in_flight_never_exceed_the_quota_and_counts_add_up() => Check(run =>
    {
        PlanRun played = new(run.Plan, PlannerState.Empty, run.Seed);

        played.Run(check: now =>
        {
            PlanProgress progress = now.Planner.Progress();
            Assert.All(progress.Categories, category =>
            {
                Assert.InRange(category.Accepted + category.InFlight, 0, category.Wanted);
                Assert.Equal(category.Tried, category.Accepted + category.Rejected.Values.Sum());
                Assert.Equal(
                    now.Ended.Count(end => end.Accepted && end.Try.Category == category.Name), category.Accepted);
                Assert.Equal(now.Issued.Count(issued => issued.Category == category.Name),
                    category.Tried + category.InFlight);
            });
            Assert.Equal(now.Issued.Count - now.Ended.Count, progress.InFlight);
        });
    });

    [Fact]
    public void Category_is_filled_exactly_when_enough_of_the_tries_it_is_allowed_pass() => Check(run =>
    {
        PlanRun played = new(run.Plan, PlannerState.Empty, run.Seed);

        bool finished = played.Run();

        Assert.True(finished);
        Assert.True(played.Planner.Progress().Finished);
        foreach (CategoryProgress category in played.Planner.Progress().Categories)
        {
            (bool filled, long tries) = Expected(run.Plan, category.Name, category.Wanted);
            Assert.Equal((filled, tries), (category.State == CategoryState.Filled, category.Tried));
            Assert.Equal(filled ? category.Wanted : category.Accepted, category.Accepted);
            Assert.Equal(category.State == CategoryState.Exhausted, category.Closed is not null);
        }
    });

    [Fact]
    public void Each_prompt_has_its_try_before_any_prompt_of_its_category_has_the_next() => Check(run =>
    {
        PlanRun played = new(run.Plan, PlannerState.Empty, run.Seed);

        played.Run();

        foreach (IGrouping<string, Prompt> tries in played.Issued.GroupBy(issued => issued.Category))
        {
            Assert.Equal(
                tries.Select((_, index) => index / run.Plan.PromptsEach), tries.Select(issued => issued.Attempt));
            Assert.Equal(tries.Count(), tries.Select(issued => issued.Key).Distinct().Count());
        }
    });

    [Fact]
    public void Between_two_tries_of_a_category_that_can_go_another_goes_at_most_by_its_share_and_once() => Check(run =>
    {
        Dictionary<string, double> weights =
            run.Plan.Options.Categories.ToDictionary(category => category.Name, category => category.Weight);
        Dictionary<string, Dictionary<string, int>> since = [];
        int seen = 0;
        PlanRun played = new(run.Plan, PlannerState.Empty, run.Seed);

        played.Run(check: now =>
        {
            foreach (Prompt issued in now.Issued.Skip(seen))
            {
                since.Remove(issued.Category);
                foreach ((string waiting, Dictionary<string, int> others) in since)
                {
                    int times = others[issued.Category] = others.GetValueOrDefault(issued.Category) + 1;
                    double share = weights[issued.Category] / weights[waiting];
                    Assert.True(times <= Math.Floor(share + 1e-6) + 1, $"{issued.Category} {times} > {share} + 1");
                }
            }

            // The model of who could go: the planner's own account, taken at every step.
            seen = now.Issued.Count;
            foreach (CategoryProgress category in now.Planner.Progress().Categories)
            {
                if (!CanGo(run.Plan, category))
                {
                    since.Remove(category.Name);
                }
                else if (!since.ContainsKey(category.Name))
                {
                    since.Add(category.Name, []);
                }
            }
        });
    });

    [Fact]
    public void Same_feedback_gives_the_same_order() => Check(run =>
    {
        PlanRun first = new(run.Plan, PlannerState.Empty, run.Seed);
        PlanRun second = new(run.Plan, PlannerState.Empty, run.Seed);

        first.Run();
        second.Run();

        Assert.Equal(first.Issued, second.Issued);
    });

    [Fact]
    public void Restarts_at_any_moment_end_the_same_tries_with_the_same_seeds_as_an_unbroken_run() => Check(run =>
    {
        PlanRun unbroken = new(run.Plan, PlannerState.Empty, run.Seed);
        unbroken.Run();
        Random random = new(run.Seed);
        List<(Prompt Try, bool Accepted)> ended = [];
        PlannerState state = PlannerState.Empty;

        bool finished = false;
        for (int life = 0; !finished; life++)
        {
            PlanRun part = new(run.Plan, state, random.Next());
            finished = part.Run(random.Next(1, 12));
            ended.AddRange(part.Ended);
            state = part.State(state);
        }

        Assert.Equal(
            unbroken.Ended.Select(end => (end.Try.Key, end.Try.Seed, end.Accepted)).Order(),
            ended.Select(end => (end.Try.Key, end.Try.Seed, end.Accepted)).Order());
    });

    private static void Check(Action<(PlanCase Plan, int Seed)> law) =>
        Prop.ForAll(Runs.ToArbitrary(), law).Check(Rounds);

    /// <summary>The category's tries form one sequence, by attempt and then by prompt: where does it end?</summary>
    private static (bool Filled, long Tries) Expected(PlanCase plan, string category, long quota)
    {
        long allowed = Math.Min(
            quota * plan.Options.AttemptsPerQuotaMax, (long)plan.PromptsEach * plan.Options.AttemptsPerPromptMax);
        (long accepted, long tries) = (0, 0);
        for (; tries < allowed && accepted < quota; tries++)
        {
            PromptRequest prompt = plan.Prompts.Where(request => request.Category == category)
                .ElementAt((int)(tries % plan.PromptsEach));
            accepted += plan.Passes(new Prompt
            {
                Id = PromptIdentity.Id(category, prompt.Text, seed: null),
                Category = category,
                Text = prompt.Text,
                Attempt = (int)(tries / plan.PromptsEach),
                Seed = 0,
            }) ? 1 : 0;
        }

        return (accepted == quota, tries);
    }

    private static bool CanGo(PlanCase plan, CategoryProgress category)
    {
        long issued = category.Tried + category.InFlight;
        return category.Accepted + category.InFlight < category.Wanted
            && issued < category.Wanted * plan.Options.AttemptsPerQuotaMax
            && issued < (long)plan.PromptsEach * plan.Options.AttemptsPerPromptMax;
    }
}
