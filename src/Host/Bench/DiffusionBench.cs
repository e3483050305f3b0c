using System.Diagnostics;
using System.Globalization;
using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Diffusion;
using Engine.Runtimes.Onnx;
using Host.Lifecycle;

namespace Host.Bench;

/// <summary>
/// Question: how many pictures a second does a text-to-image model make at each batch size, and how much of the time
/// goes by outside its models? Floor: the models' own run times, taken in the same run.
/// </summary>
internal static class DiffusionBench
{
    private static readonly string[] Categories = ["apple", "book", "guitar", "teapot"];

    /// <summary>Runs the bench and prints a line a batch size.</summary>
    /// <param name="options">The model, its steps and guidance; the batch size is the bench's.</param>
    /// <param name="batches">The batch sizes.</param>
    /// <param name="pictures">Pictures made at each; rounded up to whole batches.</param>
    /// <param name="stopping">Ends the bench.</param>
    public static async Task<ExitCode> RunAsync(
        DiffusionOptions options, IReadOnlyList<int> batches, int pictures, CancellationToken stopping)
    {
        try
        {
            foreach (int batch in batches)
            {
                using DiffusionGenerator generator = await DiffusionGenerator.LoadAsync(
                    "bench", options with { BatchMax = batch }, Console.Error.WriteLine, stopping)
                    .ConfigureAwait(false);
                await MakeAsync(generator, batch, batch, stopping).ConfigureAwait(false); // Warm.
                using ModelSeconds models = new();
                double[] seconds = await MakeAsync(generator, batch, pictures, stopping).ConfigureAwait(false);
                await Console.Out.WriteLineAsync(Line(generator, batch, seconds, models.Sum)).ConfigureAwait(false);
            }

            return ExitCode.Ok;
        }
        catch (Exception cause) when (cause is IOException or ModelException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"headwater bench diffusion: {cause.Message}").ConfigureAwait(false);
            return ExitCode.Unavailable;
        }
    }

    private static string Line(DiffusionGenerator generator, int batch, double[] seconds, double inModels)
    {
        double all = seconds.Sum();
        double median = seconds.Order().ElementAt(seconds.Length / 2);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{generator.Provider}, batch {batch}: {batch * seconds.Length / all:F2} pictures/s, "
                + $"{median * 1000:F0} ms a batch (median of {seconds.Length}), "
                + $"{100 * (1 - (inModels / all)):F1} % outside the models");
    }

    /// <summary>One batch after the other, so that the time outside the models is not hidden by an overlap.</summary>
    private static async Task<double[]> MakeAsync(
        DiffusionGenerator generator, int batch, int pictures, CancellationToken stopping)
    {
        double[] seconds = new double[Math.Max(1, (pictures + batch - 1) / batch)];
        for (int at = 0; at < seconds.Length; at++)
        {
            Prompt[] prompts = [.. Enumerable.Range(at * batch, batch).Select(Make)];
            long started = Stopwatch.GetTimestamp();
            IReadOnlyList<Outcome<Generated>> made =
                await generator.GenerateAsync(prompts, stopping).ConfigureAwait(false);
            seconds[at] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (made.FirstOrDefault(outcome => outcome.DropReason is not null) is { DropReason: { } reason } dropped)
            {
                throw new IOException($"a picture was dropped as {reason}: {dropped.Detail}");
            }
        }

        return seconds;
    }

    private static Prompt Make(int at)
    {
        string category = Categories[at % Categories.Length];
        return new Prompt
        {
            Id = $"{at:x16}", Category = category, Text = $"a photo of a single {category}, in a white background",
            Attempt = 0, Seed = (ulong)at,
        };
    }
}
