using System.Diagnostics.Metrics;
using Engine.Items;
using Engine.Pipeline.Prompts;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Pipeline.Prompts;

/// <summary>Goal: what consumers ask for moves the shares within its bound, and nothing else of the plan.</summary>
public sealed class PlannerDemandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Share_follows_the_demand_up_to_the_bound_and_comes_back_without_it()
    {
        Demand now = Demand.None;
        PromptPlanner planner = Planner(() => now);

        double before = await ShareOfFirstAsync(planner, 400);
        now = Asked(("YAK", 3), ("bath towel", 1)); // factors 1.5 and 0.5; names match as prompts' categories do
        double asked = await ShareOfFirstAsync(planner, 400);
        now = Asked(("yak", 1e6), ("bath towel", 0)); // factors 2 and 0.25
        double most = await ShareOfFirstAsync(planner, 900);
        now = Demand.None;
        double after = await ShareOfFirstAsync(planner, 400);

        Assert.Equal([0.5, 0.75, 8 / 9.0, 0.5], new[] { before, asked, most, after }, Near);
    }

    [Fact]
    public async Task Factor_of_one_heeds_no_demand()
    {
        PromptPlanner planner = Planner(() => Asked(("yak", 9), ("bath towel", 1)), factor: 1);

        Assert.Equal(0.5, await ShareOfFirstAsync(planner, 100), Near);
    }

    [Fact]
    public async Task Unknown_category_is_counted_and_changes_nothing()
    {
        long counted = 0;
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "headwater.prompts.demand.unknown")
            {
                to.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, by, _, _) => Interlocked.Add(ref counted, by));
        listener.Start();
        Demand demand = Asked(("unicorn", 100), ("dragon", 1));
        PromptPlanner planner = Planner(() => demand);

        Assert.Equal(0.5, await ShareOfFirstAsync(planner, 100), Near);
        Assert.True(Interlocked.Read(ref counted) >= 2); // other tests may count beside this one
    }

    [Fact]
    public void Quotas_hold_and_the_plan_ends_the_same_whatever_is_asked_and_however_often_it_changes() => Prop.ForAll(
        (from weights in Gen.Elements(0.1, 1, 3.7).ListOf(3)
         from quota in Gen.Choose(1, 9)
         from seed in Gen.Choose(0, int.MaxValue - 1)
         select (weights, quota, seed)).ToArbitrary(),
        run =>
        {
            PlanCase plan = new(
                new PlanOptions
                {
                    Quota = run.quota,
                    Categories =
                        [.. run.weights.Select((weight, i) => new CategoryOptions { Name = $"c{i}", Weight = weight })],
                },
                [0.5, 0.9, 1], 3, 4);
            Random random = new(run.seed);
            Demand Any() => new(Enumerable.Range(0, 4).ToDictionary(i => $"c{i}", _ => random.NextDouble() * 9));
            PlanRun asked = new(plan, PlannerState.Empty, run.seed, demand: Any);
            PlanRun plain = new(plan, PlannerState.Empty, run.seed);

            Assert.True(asked.Run() && plain.Run());

            Assert.Equal(
                plain.Planner.Progress().Categories.Select(at => (at.Name, at.State, at.Accepted, at.Tried)),
                asked.Planner.Progress().Categories.Select(at => (at.Name, at.State, at.Accepted, at.Tried)));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void No_demand_starves_a_category_beyond_the_square_of_the_bound() => Prop.ForAll(
        (from weights in Gen.Elements(0.5, 1, 3.7).ListOf(3)
         from seed in Gen.Choose(0, int.MaxValue - 1)
         select (weights, seed)).ToArbitrary(),
        run =>
        {
            const double Factor = 2;
            Random random = new(run.seed);
            Demand Any() => new(Enumerable.Range(0, 3).ToDictionary(i => $"c{i}", _ => random.Next(3) * 5.0));
            PromptPlanner planner = new(
                new PlanOptions
                {
                    Quota = 1_000_000,
                    DemandMaxFactor = Factor,
                    Categories =
                        [.. run.weights.Select((weight, i) => new CategoryOptions { Name = $"c{i}", Weight = weight })],
                },
                [.. Enumerable.Range(0, 3).Select(i => new PromptRequest($"c{i}", "text", null))],
                PlannerState.Empty, runSeed: 1, Any);
            int[,] since = new int[3, 3]; // [waiting, other]: tries of the other since one of the waiting
            for (int issued = 0; issued < 300; issued++)
            {
                Prompt next = planner.NextAsync(Token).AsTask().GetAwaiter().GetResult()!;
                int at = next.Category[1] - '0';
                for (int other = 0; other < 3; other++)
                {
                    since[at, other] = 0;
                    if (other != at)
                    {
                        double share = Factor * Factor * run.weights[at] / run.weights[other];
                        Assert.InRange(++since[other, at], 1, (int)Math.Floor(share + 1e-6) + 1);
                    }
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    private static bool Near(double one, double other) => Math.Abs(one - other) < 0.02;

    private static Demand Asked(params (string Name, double Weight)[] weights) =>
        new(weights.ToDictionary(at => at.Name, at => at.Weight));

    private static PromptPlanner Planner(Func<Demand> demand, double factor = 4) => new(
        new PlanOptions
        {
            Quota = 1_000_000,
            DemandMaxFactor = factor,
            Categories = [new CategoryOptions { Name = "yak" }, new CategoryOptions { Name = "bath towel" }],
        },
        [new PromptRequest("yak", "a yak", null), new PromptRequest("bath towel", "a bath towel", null)],
        PlannerState.Empty, runSeed: 1, demand);

    private static async Task<double> ShareOfFirstAsync(PromptPlanner planner, int tries)
    {
        int first = 0;
        for (int i = 0; i < tries; i++)
        {
            Prompt next = (await planner.NextAsync(Token))!;
            first += next.Category == "yak" ? 1 : 0;
            Assert.True(planner.Accepted(next.Id, next.Attempt));
        }

        return first / (double)tries;
    }
}
