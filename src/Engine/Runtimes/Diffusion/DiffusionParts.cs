using Engine.Items;
using Engine.Options;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Diffusion.Text;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion;

/// <summary>Everything that is loaded of a model folder, checked against each other.</summary>
internal sealed record DiffusionParts(TextConditioner Texts, Unet Unet, VaeDecoder Decoder) : IDisposable
{
    private static readonly string[] Folders =
        ["scheduler", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2", "unet", "vae_decoder"];

    /// <summary>The scheduler in use; never Auto.</summary>
    public required SchedulerKind Kind { get; init; }

    public required SchedulerConfig Config { get; init; }

    /// <summary>Side lengths of a latent.</summary>
    public required (int Height, int Width) Size { get; init; }

    /// <summary>Names the files, see <see cref="ModelRevision"/>.</summary>
    public required string Revision { get; init; }

    /// <summary>sd or sdxl, with -lcm for latent consistency models.</summary>
    public string Family => (Unet.Shape.TakesPooled ? "sdxl" : "sd") + (Unet.Shape.GuidanceWidth > 0 ? "-lcm" : "");

    /// <summary>Every session.</summary>
    public IEnumerable<OnnxModel> Models => [.. Texts.Models, Unet.Model, Decoder.Model];

    /// <summary>Loads the folder; the small parts first, so that a wrong folder is found before the UNet is read.
    /// </summary>
    /// <exception cref="ModelException">A part is missing, unreadable, or does not fit.</exception>
    public static async Task<DiffusionParts> LoadAsync(DiffusionOptions options, CancellationToken stopping)
    {
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        DiffusionFolder folder = DiffusionFolder.Open(options.Folder);
        (SchedulerKind kind, SchedulerConfig config) = SchedulerOf(folder, options);
        _ = SchedulerFactory.Make(kind, config, options.Steps);
        Task<string> revision = Task.Run(() => ModelRevision.OfFolderAsync(folder.Path, Folders, stopping), stopping);
        Unet? unet = null;
        TextConditioner? texts = null;
        VaeDecoder? decoder = null;
        try
        {
            unet = Unet.Load(folder, options.Onnx);
            decoder = VaeDecoder.Load(folder, unet.Shape.Channels, options.Onnx);
            texts = TextConditioner.Load(folder, unet.Shape.TakesPooled, options.Onnx);
            return new DiffusionParts(texts, unet, decoder)
            {
                Kind = kind,
                Config = config,
                Size = SizeOf(unet, decoder.PixelsPerLatent, options),
                Revision = await revision.ConfigureAwait(false),
            };
        }
        catch
        {
            texts?.Dispose();
            decoder?.Dispose();
            unet?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Texts.Dispose();
        Unet.Dispose();
        Decoder.Dispose();
    }

    private static (SchedulerKind, SchedulerConfig) SchedulerOf(DiffusionFolder folder, DiffusionOptions options)
    {
        string file = Path.Combine(folder.Part("scheduler"), "scheduler_config.json");
        (SchedulerKind kind, SchedulerConfig config) = SchedulerFile.Read(file, options.Scheduler);
        bool spaced = kind is SchedulerKind.Euler or SchedulerKind.EulerAncestral or SchedulerKind.DpmSolver;
        return !options.Karras ? (kind, config)
            : spaced ? (kind, config with { Karras = true })
            : throw new ModelException(
                ModelFault.WrongRole,
                $"Karras is true and the scheduler is {kind} (from {file}, or chosen); it must be Euler, "
                    + "EulerAncestral or DpmSolver.");
    }

    private static (int Height, int Width) SizeOf(Unet unet, int pixels, DiffusionOptions options)
    {
        (int height, int width) usual = unet.Shape.FixedSize.Height > 0 ? unet.Shape.FixedSize : unet.Shape.UsualSize;
        return (
            Side(options.HeightPx, usual.height, unet.Shape.FixedSize.Height, "HeightPx"),
            Side(options.WidthPx, usual.width, unet.Shape.FixedSize.Width, "WidthPx"));

        int Side(int wantedPx, int usual, int only, string name)
        {
            int side = wantedPx == 0 ? usual : wantedPx / pixels;
            string? problem =
                side == 0 ? $"its config.json has no sample_size, so {name} must be set"
                : wantedPx % pixels != 0 ? $"{name} is {wantedPx}; it must be a multiple of {pixels} px"
                : only > 0 && side != only ? $"{name} is {wantedPx}; the model is fixed to {only * pixels} px"
                : side * pixels > RgbImage.SideMaxPx ? $"its pictures would have {side * pixels} px along a side"
                : null;
            return problem is null ? side : throw unet.Model.WrongRole(problem);
        }
    }
}
