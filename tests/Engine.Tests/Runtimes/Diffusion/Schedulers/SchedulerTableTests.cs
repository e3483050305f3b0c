using System.Text.Json;
using Engine.Runtimes.Diffusion.Schedulers;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Diffusion.Schedulers;

/// <summary>Goal: each scheduler takes the steps its papers say. Method: a table made by a script of its own.</summary>
public sealed class SchedulerTableTests : IDisposable
{
    private const string Table = "scheduler-steps.json";
    private const double Tolerance = 1e-5; // Of the value, or of 1 where that is larger.

    private static readonly float[] First = [0.9f, -1.7f, 0.03f, 0.4f];

    private readonly TempFolder _folder = new();

    public static TheoryData<int> Rows =>
        [.. Enumerable.Range(0, JsonDocument.Parse(Read()).RootElement.GetProperty("rows").GetArrayLength())];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Timesteps_scales_and_latents_are_the_references(int row)
    {
        using JsonDocument table = JsonDocument.Parse(Read());
        JsonElement expected = table.RootElement.GetProperty("rows")[row];
        string file = _folder.File("scheduler_config.json");
        File.WriteAllText(file, expected.GetProperty("config").GetRawText());
        (SchedulerKind kind, SchedulerConfig config) = SchedulerFile.Read(file, SchedulerKind.Auto);

        Scheduler scheduler = SchedulerFactory.Make(kind, config, expected.GetProperty("steps").GetInt32());

        AssertNear(Numbers(expected, "timesteps"), scheduler.Timesteps);
        AssertNear([expected.GetProperty("init_sigma").GetDouble()], [scheduler.InitSigma]);
        AssertNear(
            Numbers(expected, "scales"),
            [.. Enumerable.Range(0, scheduler.Timesteps.Count).Select(scheduler.InputScale)]);
        AssertSteps(expected.GetProperty("latents"), scheduler);
    }

    [Fact]
    public async Task Table_is_what_its_script_writes()
    {
        string made = await Python.RunAsync([], File.ReadAllText(DiffusionFiles.Reference("scheduler_steps.py")));

        Assert.Equal(Read(), made.ReplaceLineEndings("\n"));
    }

    private static string Read() => File.ReadAllText(DiffusionFiles.Reference(Table));

    private static void AssertSteps(JsonElement rows, Scheduler scheduler)
    {
        float[] latent = [.. First.Select(value => (float)(value * scheduler.InitSigma))];
        StepHistory history = scheduler.NewHistory(latent.Length);
        for (int step = 0; step < scheduler.Timesteps.Count; step++)
        {
            double scale = scheduler.InputScale(step);
            float[] output = [.. latent.Select((value, i) =>
                (float)(0.8 * Math.Sin((0.7 * value * scale) + (scheduler.Timesteps[step] / 300) + i)))];
            float[] noise = [.. latent.Select((_, i) => (float)(1.2 * Math.Sin((1.7 * step) + (0.9 * i) + 0.3)))];

            scheduler.Step(step, output, latent, scheduler.NeedsNoise(step) ? noise : [], history);

            AssertNear(
                [.. rows[step].EnumerateArray().Select(value => value.GetDouble())],
                [.. latent.Select(value => (double)value)]);
        }
    }

    private static double[] Numbers(JsonElement row, string key) =>
        [.. row.GetProperty(key).EnumerateArray().Select(value => value.GetDouble())];

    private static void AssertNear(double[] expected, IReadOnlyList<double> actual)
    {
        Assert.Equal(expected.Length, actual.Count);
        for (int i = 0; i < expected.Length; i++)
        {
            double bound = Tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(Math.Abs(expected[i] - actual[i]) <= bound, $"[{i}]: {actual[i]}, expected {expected[i]}");
        }
    }
}
