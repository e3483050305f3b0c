using System.Diagnostics;
using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Annotate;
using Engine.Runtimes.Library;
using Engine.Runtimes.Onnx;
using Engine.Runtimes.Salient;
using Engine.Runtimes.Sam;
using Host.Configuration;
using Host.Lifecycle;

namespace Host.Bench;

/// <summary>
/// Question: how well do the masks that the annotate stage lets pass agree with exact ones, and what does it cost? The
/// pictures are library entries composed on white, whose alpha is known; all with the stage's default options.
/// </summary>
internal static class MaskBench
{
    /// <summary>Runs the bench and prints a line an annotator.</summary>
    /// <param name="annotator"><c>sam2</c>, <c>u2netp</c> or <c>both</c>.</param>
    /// <param name="count">Pictures, each of another entry; fewer where the library has fewer.</param>
    /// <param name="seed">Picks entries and compositions.</param>
    /// <param name="allParts">Keeps every large part of a mask, not the largest alone.</param>
    /// <param name="stopping">Ends the bench; nothing is printed then.</param>
    public static async Task<ExitCode> RunAsync(
        string annotator, int count, int seed, bool allParts, CancellationToken stopping)
    {
        string packages = Path.Combine(CheckoutFolder.Path, "deps", "npm");
        string[] names = annotator == "both" ? ["sam2", "u2netp"] : [annotator];
        try
        {
            using LibraryGenerator library = LibraryGenerator.Open(
                "library", new LibraryOptions { Source = Path.Combine(packages, "fluent-emoji-3d", "assets") });
            LibraryEntry[] entries = [.. library.Entries];
            new Random(seed).Shuffle(entries);
            entries = entries[..Math.Min(count, entries.Length)];
            AnnotateOptions options = new() { LargestComponentOnly = !allParts };
            foreach (string name in names)
            {
                using IMaskPredictor predictor = Load(name, packages);
                MaskFigures figures = await MeasureAsync(
                    new AnnotateStep(predictor, options), library, entries, seed, stopping).ConfigureAwait(false);
                await Console.Out.WriteLineAsync($"{name}: {figures.Line()}").ConfigureAwait(false);
            }

            return ExitCode.Ok;
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException or ModelException)
        {
            await Console.Error.WriteLineAsync($"headwater bench masks: {cause.Message}").ConfigureAwait(false);
            return ExitCode.Unavailable;
        }
    }

    private static IMaskPredictor Load(string name, string packages) => name == "u2netp"
        ? SalientPredictor.Load(name, new SalientOptions { Model = Path.Combine(packages, "u2netp", "u2netp.onnx") })
        : SamPredictor.Load(name, new SamOptions
        {
            Encoder = Path.Combine(
                packages, "sam2-hiera-tiny", "dist", "sam2_hiera_tiny_encoder.with_runtime_opt.ort"),
            Decoder = Path.Combine(packages, "sam2-hiera-tiny", "dist", "sam2_hiera_tiny_decoder_pr1.onnx"),
        });

    private static async Task<MaskFigures> MeasureAsync(
        AnnotateStep step, LibraryGenerator library, LibraryEntry[] entries, int seed, CancellationToken stopping)
    {
        MaskFigures figures = new();
        for (int i = 0; i < entries.Length; i++)
        {
            LibraryComposition made = library.Compose(entries[i], ((ulong)seed << 32) + (ulong)i);
            Prompt prompt = new()
            {
                Id = $"{i:x16}", Category = entries[i].Name, Text = entries[i].Name, Attempt = 0, Seed = (ulong)seed,
            };
            long started = Stopwatch.GetTimestamp();
            Outcome<Annotated> outcome = await step.RunAsync(
                new Picture(prompt, made.Image, library.Name, made.Lineage), stopping).ConfigureAwait(false);
            TimeSpan time = Stopwatch.GetElapsedTime(started);
            if (outcome.DropReason is { } reason)
            {
                figures.Rejected(reason, time);
            }
            else
            {
                figures.Accepted(outcome.Value!.Mask.Values, made.Alpha, time);
            }

            if ((i + 1) % 25 == 0)
            {
                await Console.Error.WriteLineAsync($"{i + 1} of {entries.Length}").ConfigureAwait(false);
            }
        }

        return figures;
    }
}
