using System.Globalization;
using Engine.Items;
using Engine.Options;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion;

public sealed partial class DiffusionGenerator
{
    /// <summary>Loads a model and makes one step of one picture, so that a model that cannot run fails here.</summary>
    /// <param name="name">The configured name, for lineage and metrics.</param>
    /// <param name="options">Folder, steps, size and bounds.</param>
    /// <param name="report">Receives a line for the log when the first prompt is cut; may be null.</param>
    /// <param name="stopping">Ends the loading.</param>
    /// <returns>The generator; the caller disposes it.</returns>
    /// <exception cref="ModelException">A part is missing, unreadable, of another role, or does not fit the others or
    /// the options; the message names file, value and what was expected.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static async Task<DiffusionGenerator> LoadAsync(
        string name, DiffusionOptions options, Action<string>? report, CancellationToken stopping)
    {
        DiffusionParts parts = await DiffusionParts.LoadAsync(options, stopping).ConfigureAwait(false);
        try
        {
            bool guided = options.GuidanceScale > 1 && parts.Unet.Shape.GuidanceWidth == 0;
            TextEncoding negative =
                await parts.Texts.EncodeNegativeAsync(options.NegativePrompt, stopping).ConfigureAwait(false);
            parts.Unet.RequireFits(negative);
            await TryAsync(parts, options, negative, guided, stopping).ConfigureAwait(false);
            DiffusionGenerator generator = new(name, options, parts, guided ? negative : null, report);
            if (guided && negative.Cut > 0)
            {
                report?.Invoke(CutLine(name, "negative prompt", options.NegativePrompt, negative.Cut, parts));
            }

            return generator;
        }
        catch
        {
            parts.Dispose();
            throw;
        }
    }

    private static async Task TryAsync(
        DiffusionParts parts, DiffusionOptions options, TextEncoding text, bool guided, CancellationToken stopping)
    {
        if (guided && parts.Unet.Shape.FixedRows == 1)
        {
            throw parts.Unet.Model.WrongRole(
                $"its batch is fixed to 1 and GuidanceScale {options.GuidanceScale} needs 2 rows a picture; "
                    + "set it to 1 or export the model with an open batch");
        }

        Denoiser denoiser = new(parts.Unet, SchedulerFactory.Make(parts.Kind, parts.Config, steps: 1));
        float[][] latents = await denoiser
            .RunAsync(RowsOf(parts, options, [text], guided ? text : null), [0], stopping).ConfigureAwait(false);
        await parts.Decoder.DecodeAsync(latents, parts.Size.Height, parts.Size.Width, stopping).ConfigureAwait(false);
    }

    private static UnetRows RowsOf(
        DiffusionParts parts, DiffusionOptions options, IReadOnlyList<TextEncoding> texts, TextEncoding? negative) =>
        new(texts, negative, parts.Size.Height, parts.Size.Width, parts.Decoder.PixelsPerLatent, options.GuidanceScale);

    /// <summary>Pictures of every run where the model fixes its batch, else 0.</summary>
    private static int PicturesOf(Unet unet, bool guided) => unet.Shape.FixedRows / (guided ? 2 : 1);

    private static Dictionary<string, string> LineageOf(DiffusionOptions options, DiffusionParts parts)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        Dictionary<string, string> lineage = new()
        {
            ["family"] = parts.Family,
            ["model"] = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder))),
            ["model_revision"] = parts.Revision,
            ["provider"] = parts.Unet.Model.Provider.ToString(),
            ["scheduler"] = parts.Kind.ToString(),
            ["steps"] = options.Steps.ToString(plain),
            ["guidance"] = options.GuidanceScale.ToString(plain),
            ["width"] = (parts.Size.Width * parts.Decoder.PixelsPerLatent).ToString(plain),
            ["height"] = (parts.Size.Height * parts.Decoder.PixelsPerLatent).ToString(plain),
        };
        if (parts.Config.Karras)
        {
            lineage["sigmas"] = "Karras";
        }

        if (options.NegativePrompt.Length > 0)
        {
            lineage["negative_prompt"] = options.NegativePrompt;
        }

        return lineage;
    }

    private Dictionary<string, string> LineageOf(DiffusionLatents latents, int picture)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        Dictionary<string, string> lineage = new(_lineage)
        {
            ["seed"] = latents.Prompts[picture].Seed.ToString(plain),
        };
        if (latents.Cut[picture] > 0)
        {
            lineage["tokens_cut"] = latents.Cut[picture].ToString(plain);
        }

        return lineage;
    }

    private void CountCut(Prompt[] batch, TextEncoding[] texts)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            if (texts[i].Cut == 0)
            {
                continue;
            }

            CutTotal.Add(1, _generator);
            if (Interlocked.Increment(ref _promptsCut) == 1)
            {
                _report?.Invoke(CutLine(Name, $"prompt {batch[i].Id}", batch[i].Text, texts[i].Cut, _parts)
                    + " Said once; headwater_generate_prompts_cut_total counts all.");
            }
        }
    }

    private static string CutLine(string name, string what, string text, int cut, DiffusionParts parts)
    {
        string shown = text.Length <= 80 ? text : text[..80] + "...";
        int most = parts.Texts.TokensMax;
        return $"Generator {name}: the {what} has {most + cut} tokens and the model takes {most}; the last {cut} were "
            + $"left out: \"{shown}\".";
    }
}
