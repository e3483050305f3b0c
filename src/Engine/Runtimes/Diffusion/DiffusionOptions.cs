using System.Text;
using Engine.Items;
using Engine.Options;
using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion;

/// <summary>A text-to-image model of the Stable Diffusion family.</summary>
public sealed record DiffusionOptions : ICheckedOptions
{
    private const int SideMaxPx = RgbImage.SideMaxPx / 2;

    /// <summary>The folder with model_index.json, as optimum or diffusers export it to ONNX. Required.</summary>
    [ConfigPath]
    public string Folder { get; init; } = "";

    /// <summary>Steps from noise to a picture. 1 to 1,000. Default 25; turbo and LCM models want 1 to 8.</summary>
    public int Steps { get; init; } = 25;

    /// <summary>How strongly the prompt counts against the negative prompt. 0 to 50; at 1 and below only the prompt is
    /// computed, in half the time. Default 7.5; turbo models want 0.</summary>
    public double GuidanceScale { get; init; } = 7.5;

    /// <summary>What the pictures should not show. Up to 1,024 UTF-8 bytes in Unicode form NFC. Default empty.
    /// </summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>Width of the pictures in px. 64 to 4,096, or 0 for the model's own. Default 0.</summary>
    public int WidthPx { get; init; }

    /// <summary>Height of the pictures in px. 64 to 4,096, or 0 for the model's own. Default 0.</summary>
    public int HeightPx { get; init; }

    /// <summary>How noise is taken off. Default Auto: what the model's scheduler_config.json names.</summary>
    public SchedulerKind Scheduler { get; init; }

    /// <summary>Whether noise levels are spaced after Karras et al., for Euler and DPM-Solver++. Default false: as the
    /// model's scheduler_config.json says.</summary>
    public bool Karras { get; init; }

    /// <summary>Pictures made at one time; halved when memory does not suffice. 1 to 64. Default 4.</summary>
    public int BatchMax { get; init; } = 4;

    /// <summary>Threads, providers and bounds of all parts.</summary>
    public OnnxOptions Onnx { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Folder))
        {
            yield return new(nameof(Folder), "is empty; it must name the folder with model_index.json");
        }

        foreach ((string name, double value, double least, double most) in new[]
        {
            (nameof(Steps), Steps, 1, 1000),
            (nameof(GuidanceScale), GuidanceScale, 0, 50),
            (nameof(BatchMax), BatchMax, 1, 64),
        })
        {
            if (!(value >= least && value <= most))
            {
                yield return new(name, $"is {value}; it must be {least} to {most}");
            }
        }

        foreach ((string name, int side) in new[] { (nameof(WidthPx), WidthPx), (nameof(HeightPx), HeightPx) })
        {
            if (side != 0 && side is < 64 or > SideMaxPx)
            {
                yield return new(name, $"is {side}; it must be 0 (the model's own) or 64 to {SideMaxPx} px");
            }
        }

        if (Encoding.UTF8.GetByteCount(NegativePrompt) > 1024)
        {
            yield return new(nameof(NegativePrompt), "has more than 1024 UTF-8 bytes");
        }

        if (!Enum.IsDefined(Scheduler))
        {
            yield return new(
                nameof(Scheduler),
                $"is {Scheduler}; it must be auto, ddim, pndm, euler, euler_ancestral, dpm_solver or lcm");
        }
    }
}
