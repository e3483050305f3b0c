using System.Text.Json;
using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion.Schedulers;

/// <summary>Reads a scheduler_config.json and makes the scheduler it names, or another with the same noise.</summary>
internal static class SchedulerFile
{
    private const int TrainStepsMax = 100_000;

    private static readonly (string Word, SchedulerKind Value)[] Classes =
    [
        ("DDIMScheduler", SchedulerKind.Ddim), ("PNDMScheduler", SchedulerKind.Pndm),
        ("EulerDiscreteScheduler", SchedulerKind.Euler),
        ("EulerAncestralDiscreteScheduler", SchedulerKind.EulerAncestral),
        ("DPMSolverMultistepScheduler", SchedulerKind.DpmSolver), ("LCMScheduler", SchedulerKind.Lcm),
    ];

    /// <summary>Reads the class and every value.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">Auto: the file's class. Else another, which takes the values that the file gives.</param>
    /// <returns>The kind in use, never Auto, and its values.</returns>
    /// <exception cref="ModelException">Missing; or Unreadable: an unknown class, a value out of range, or a variant
    /// that is not built here.</exception>
    public static (SchedulerKind Kind, SchedulerConfig Config) Read(string path, SchedulerKind kind)
    {
        ModelJson json = ModelJson.Read(path);
        if (kind == SchedulerKind.Auto)
        {
            kind = json.Find("_class_name") is null
                ? throw json.Wrong($"has no _class_name; it must be {string.Join(", ", Classes.Select(c => c.Word))}")
                : json.Choice("_class_name", SchedulerKind.Auto, Classes);
        }

        RefuseVariants(json, kind);
        return (kind, Checked(json, kind, Values(json, kind)));
    }

    private static SchedulerConfig Values(ModelJson json, SchedulerKind kind)
    {
        bool isLcm = kind == SchedulerKind.Lcm;
        SchedulerConfig config = new()
        {
            TrainSteps = json.Whole("num_train_timesteps", 1000, 2, TrainStepsMax),
            BetaStart = json.Number("beta_start", isLcm ? 0.00085 : 0.0001, 1e-9, 0.999),
            BetaEnd = json.Number("beta_end", isLcm ? 0.012 : 0.02, 1e-9, 0.999),
            BetaSchedule = json.Choice(
                "beta_schedule", isLcm ? BetaSchedule.ScaledLinear : BetaSchedule.Linear,
                ("linear", BetaSchedule.Linear), ("scaled_linear", BetaSchedule.ScaledLinear),
                ("squaredcos_cap_v2", BetaSchedule.SquaredCosine)),
            TrainedBetas = TrainedBetas(json),
            ZeroTerminalSnr = json.Flag("rescale_betas_zero_snr", false),
            Prediction = json.Choice(
                "prediction_type", PredictionType.Epsilon, ("epsilon", PredictionType.Epsilon),
                ("v_prediction", PredictionType.Velocity), ("sample", PredictionType.Sample)),
            Spacing = json.Choice(
                "timestep_spacing",
                kind is SchedulerKind.Ddim or SchedulerKind.Pndm or SchedulerKind.Lcm
                    ? TimestepSpacing.Leading : TimestepSpacing.Linspace,
                ("leading", TimestepSpacing.Leading), ("trailing", TimestepSpacing.Trailing),
                ("linspace", TimestepSpacing.Linspace)),
            StepsOffset = json.Whole("steps_offset", 0, 0, 1000),
            SetAlphaToOne = json.Flag("set_alpha_to_one", kind != SchedulerKind.Pndm),
        };
        return Own(json, kind, config with { TrainSteps = config.TrainedBetas?.Count ?? config.TrainSteps });
    }

    /// <summary>Adds what only some classes know.</summary>
    private static SchedulerConfig Own(ModelJson json, SchedulerKind kind, SchedulerConfig config) => kind switch
    {
        SchedulerKind.Ddim or SchedulerKind.Lcm => config with
        {
            ClipRange = json.Flag("clip_sample", kind == SchedulerKind.Ddim)
                ? json.Number("clip_sample_range", 1, 1e-6, 1e6) : 0,
            OriginalSteps = json.Whole("original_inference_steps", 50, 1, config.TrainSteps),
            TimestepScaling = json.Number("timestep_scaling", 10, 1e-6, 1e6),
        },
        SchedulerKind.Euler or SchedulerKind.EulerAncestral or SchedulerKind.DpmSolver => config with
        {
            Karras = json.Flag("use_karras_sigmas", false),
            EndsAtLeastNoise = json.Choice("final_sigmas_type", false, ("zero", false), ("sigma_min", true)),
            SolverOrder = json.Whole("solver_order", 2, 1, 2),
            HeunSolver = json.Choice("solver_type", false, ("midpoint", false), ("heun", true)),
            LowerOrderFinal = json.Flag("lower_order_final", true),
            EulerAtFinal = json.Flag("euler_at_final", false),
            LambdaMin = LambdaMin(json),
        },
        _ => config,
    };

    private static SchedulerConfig Checked(ModelJson json, SchedulerKind kind, SchedulerConfig config)
    {
        if (kind == SchedulerKind.Pndm && !json.Flag("skip_prk_steps", false))
        {
            throw json.Wrong("has skip_prk_steps false or none; it must be true: Runge-Kutta steps are not supported");
        }

        if (config is { ZeroTerminalSnr: true, Prediction: PredictionType.Epsilon })
        {
            throw json.Wrong("has rescale_betas_zero_snr true with prediction_type epsilon; "
                + "noise alone says nothing of the picture, so it must be v_prediction or sample");
        }

        return config;
    }

    /// <summary>Switches that would change every picture and that no code here answers to.</summary>
    private static void RefuseVariants(ModelJson json, SchedulerKind kind)
    {
        string[] switches = ["thresholding", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas",
            "use_flow_sigmas"];
        foreach (string key in switches)
        {
            json.RequireOff(key);
        }

        _ = kind switch
        {
            SchedulerKind.DpmSolver => json.Choice("algorithm_type", true, ("dpmsolver++", true)),
            SchedulerKind.Euler => json.Choice("interpolation_type", true, ("linear", true)),
            _ => true,
        };
    }

    private static double[]? TrainedBetas(ModelJson json)
    {
        if (json.Find("trained_betas") is not { } value)
        {
            return null;
        }

        double[] betas = value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(one =>
                one.ValueKind == JsonValueKind.Number ? one.GetDouble() : double.NaN)]
            : [];
        return betas.Length is >= 2 and <= TrainStepsMax && betas.All(beta => beta is > 0 and < 1)
            ? betas
            : throw json.Wrong("trained_betas", value, $"2 to {TrainStepsMax} numbers between 0 and 1");
    }

    /// <summary>Python writes an infinity as a word, and json.dump as a bare one, which is no JSON.</summary>
    private static double LambdaMin(ModelJson json) => json.Find("lambda_min_clipped") switch
    {
        { ValueKind: JsonValueKind.String } word when word.GetString() is "-inf" or "-Infinity" =>
            double.NegativeInfinity,
        _ => json.Number("lambda_min_clipped", double.NegativeInfinity, -100, 0),
    };
}
