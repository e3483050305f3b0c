using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Diffusion.Schedulers;

namespace Engine.Tests.Runtimes.Diffusion.Schedulers;

/// <summary>Goal: what must hold for every scheduler, whatever its formulas.</summary>
public sealed class SchedulerLawTests
{
    private static readonly float[] Picture = [0.7f, -0.2f, 0.05f, -0.9f, 0.4f, 0];
    private static readonly float[] First = [1.3f, -0.4f, 0.9f, -2.1f, 0.02f, 0.6f];

    private static readonly SchedulerKind[] Deterministic =
        [SchedulerKind.Ddim, SchedulerKind.Pndm, SchedulerKind.Euler, SchedulerKind.DpmSolver];

    public static TheoryData<SchedulerKind, PredictionType, TimestepSpacing, int> Plans()
    {
        TheoryData<SchedulerKind, PredictionType, TimestepSpacing, int> plans = [];
        foreach (SchedulerKind kind in Deterministic)
        {
            foreach (PredictionType prediction in Enum.GetValues<PredictionType>())
            {
                foreach (TimestepSpacing spacing in Enum.GetValues<TimestepSpacing>())
                {
                    plans.Add(kind, prediction, spacing, 1);
                    plans.Add(kind, prediction, spacing, 9);
                    plans.Add(kind, prediction, spacing, 33);
                }
            }
        }

        return plans;
    }

    [Theory]
    [MemberData(nameof(Plans))]
    public void Model_that_knows_the_picture_sees_one_noise_all_the_way_and_ends_at_the_picture(
        SchedulerKind kind, PredictionType prediction, TimestepSpacing spacing, int steps)
    {
        SchedulerConfig config = Config(prediction) with { Spacing = spacing };
        Scheduler scheduler = SchedulerFactory.Make(kind, config, steps);

        (float[] last, List<double[]> seen) =
            new PerfectModel(config, Picture).Walk(scheduler, Scaled(scheduler.InitSigma));

        Assert.All(seen, noise => Assert.All(noise.Zip(seen[0]), pair =>
            Assert.Equal(pair.First, pair.Second, 2e-3 * Math.Max(1, Math.Abs(pair.Second)))));
        Assert.All(last.Zip(Picture), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
    }

    [Theory]
    [InlineData(SchedulerKind.Ddim)]
    [InlineData(SchedulerKind.Pndm)]
    [InlineData(SchedulerKind.Euler)]
    [InlineData(SchedulerKind.EulerAncestral)]
    [InlineData(SchedulerKind.DpmSolver)]
    [InlineData(SchedulerKind.Lcm)]
    public void Timesteps_fall_and_lie_in_the_training(SchedulerKind kind)
    {
        foreach (TimestepSpacing spacing in Enum.GetValues<TimestepSpacing>())
        {
            foreach (int steps in new[] { 1, 2, 3, 4, 7, 20, 50 })
            {
                SchedulerConfig config = Config(PredictionType.Epsilon) with { Spacing = spacing, StepsOffset = 1 };
                IReadOnlyList<double> timesteps = SchedulerFactory.Make(kind, config, steps).Timesteps;

                Assert.Equal(kind == SchedulerKind.Pndm && steps > 1 ? steps + 1 : steps, timesteps.Count);
                Assert.All(timesteps, timestep => Assert.InRange(timestep, 0, 999));
                Assert.All(timesteps.Zip(timesteps.Skip(1)), pair => Assert.True(pair.First >= pair.Second));
            }
        }
    }

    [Theory]
    [InlineData(SchedulerKind.Pndm)]
    [InlineData(SchedulerKind.DpmSolver)]
    [InlineData(SchedulerKind.EulerAncestral)]
    public void Pictures_that_share_a_scheduler_do_not_touch_each_other(SchedulerKind kind)
    {
        Scheduler scheduler = SchedulerFactory.Make(kind, Config(PredictionType.Epsilon), 8);
        float[] alone = Walk(scheduler, [First])[0];

        float[][] together = Walk(scheduler, [Scaled(-2), First, Scaled(0.1)]);

        Assert.Equal(alone, together[1]);
        Assert.NotEqual(alone, together[0]);
    }

    [Fact]
    public void Ancestral_step_lands_at_the_next_noise_level()
    {
        const int Values = 40_000;
        SchedulerConfig config = Config(PredictionType.Epsilon) with { Spacing = TimestepSpacing.Trailing };
        Scheduler scheduler = SchedulerFactory.Make(SchedulerKind.EulerAncestral, config, 4);
        float[] latent = new float[Values];
        NormalNoise.Fill(latent, seed: 5, stream: 0, scheduler.InitSigma);
        PerfectModel black = new(config, new float[Values]);

        for (int step = 0; step < 3; step++)
        {
            float[] output = black.Run(latent, scheduler.InputScale(step), scheduler.Timesteps[step]);
            float[] noise = new float[Values];
            NormalNoise.Fill(noise, seed: 5, stream: step + 1);
            scheduler.Step(step, output, latent, noise, scheduler.NewHistory(Values));

            double deviation = Math.Sqrt(latent.Average(value => (double)value * value));
            double next = Math.Sqrt(Math.Pow(scheduler.InputScale(step + 1), -2) - 1);
            Assert.Equal(1, deviation / next, 0.02); // Five deviations of the estimate.
        }
    }

    private static SchedulerConfig Config(PredictionType prediction) => new()
    {
        BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear, Prediction = prediction,
    };

    private static float[] Scaled(double by) => [.. First.Select(value => (float)(value * by))];

    private static float[][] Walk(Scheduler scheduler, float[][] firsts)
    {
        float[][] latents = [.. firsts.Select(first => (float[])first.Clone())];
        StepHistory[] histories = [.. latents.Select(latent => scheduler.NewHistory(latent.Length))];
        for (int step = 0; step < scheduler.Timesteps.Count; step++)
        {
            for (int picture = 0; picture < latents.Length; picture++)
            {
                float[] output = [.. latents[picture].Select(value => MathF.Sin(value))];
                float[] noise = [.. First.Select(value => value * 0.3f)];
                scheduler.Step(
                    step, output, latents[picture], scheduler.NeedsNoise(step) ? noise : [], histories[picture]);
            }
        }

        return latents;
    }
}
