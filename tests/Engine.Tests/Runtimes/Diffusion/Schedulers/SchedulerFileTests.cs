using Engine.Runtimes.Diffusion.Schedulers;
using Engine.Runtimes.Onnx;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Diffusion.Schedulers;

/// <summary>Goal: a scheduler_config.json is read whole, or refused with file, key, value and what was expected.
/// </summary>
public sealed class SchedulerFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Stable_diffusions_own_file_is_read()
    {
        (SchedulerKind kind, SchedulerConfig config) = SchedulerFile.Read(
            DiffusionFiles.TinyModel("scheduler", "scheduler_config.json"), SchedulerKind.Auto);

        Assert.Equal(SchedulerKind.Pndm, kind);
        Assert.Equal(
            new SchedulerConfig
            {
                BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear, StepsOffset = 1,
                SetAlphaToOne = false,
            },
            config);
    }

    [Theory]
    [InlineData(SchedulerKind.Ddim, TimestepSpacing.Leading, true)]
    [InlineData(SchedulerKind.Euler, TimestepSpacing.Linspace, true)]
    [InlineData(SchedulerKind.DpmSolver, TimestepSpacing.Linspace, true)]
    [InlineData(SchedulerKind.Lcm, TimestepSpacing.Leading, true)]
    public void Another_scheduler_takes_the_files_noise_and_its_own_defaults(
        SchedulerKind kind, TimestepSpacing spacing, bool alphaToOne)
    {
        string file = Write(
            """{"_class_name": "PNDMScheduler", "beta_start": 0.002, "prediction_type": "v_prediction"}""");

        (SchedulerKind used, SchedulerConfig config) = SchedulerFile.Read(file, kind);

        Assert.Equal(
            (kind, 0.002, PredictionType.Velocity, spacing, alphaToOne),
            (used, config.BetaStart, config.Prediction, config.Spacing, config.SetAlphaToOne));
    }

    [Fact]
    public void Infinity_as_python_writes_it_is_read()
    {
        string file = Write("""{"_class_name": "DPMSolverMultistepScheduler", "lambda_min_clipped": -Infinity}""");

        Assert.Equal(double.NegativeInfinity, SchedulerFile.Read(file, SchedulerKind.Auto).Config.LambdaMin);
    }

    [Theory]
    [InlineData("HeunDiscreteScheduler", "", "has _class_name \"HeunDiscreteScheduler\"; it must be DDIM")]
    [InlineData("PNDMScheduler", "", "has skip_prk_steps false or none; it must be true")]
    [InlineData("DDIMScheduler", "'beta_start': 1.5", "has beta_start 1.5; it must be a number from")]
    [InlineData("DDIMScheduler", "'beta_schedule': 'sigmoid'", "has beta_schedule \"sigmoid\"; it must be linear")]
    [InlineData("DDIMScheduler", "'num_train_timesteps': 1", "has num_train_timesteps 1; it must be a whole")]
    [InlineData("DDIMScheduler", "'thresholding': true", "has thresholding true; it must be false or absent")]
    [InlineData("DDIMScheduler", "'clip_sample': 'no'", "has clip_sample \"no\"; it must be true or false")]
    [InlineData("DDIMScheduler", "'trained_betas': [0.1, 2]", "has trained_betas [0.1, 2]; it must be 2 to")]
    [InlineData("DDIMScheduler", "'rescale_betas_zero_snr': true", "it must be v_prediction or sample")]
    [InlineData("EulerDiscreteScheduler", "'use_beta_sigmas': true", "has use_beta_sigmas true; it must be false")]
    [InlineData("EulerDiscreteScheduler", "'interpolation_type': 'log_linear'", "it must be linear")]
    [InlineData("DPMSolverMultistepScheduler", "'algorithm_type': 'sde-dpmsolver++'", "it must be dpmsolver++")]
    [InlineData("DPMSolverMultistepScheduler", "'solver_order': 3", "has solver_order 3; it must be a whole")]
    [InlineData("LCMScheduler", "'original_inference_steps': 0", "has original_inference_steps 0; it")]
    public void Wrong_value_is_refused_with_key_and_what_was_expected(string name, string key, string expected) =>
        AssertRefused($"{{{(key.Length > 0 ? key + "," : key)} '_class_name': '{name}'}}".Replace('\'', '"'), expected);

    [Theory]
    [InlineData("{}", "has no _class_name; it must be DDIMScheduler, PNDMScheduler, EulerDiscreteScheduler")]
    [InlineData("{\"_class_name\": ", "is not JSON")]
    [InlineData("7", "holds Number; it must be an object")]
    public void File_that_names_no_scheduler_is_refused(string content, string expected) =>
        AssertRefused(content, expected);

    [Theory]
    [InlineData(SchedulerKind.Lcm, 51, 50)]
    [InlineData(SchedulerKind.Ddim, 1001, 1000)]
    [InlineData(SchedulerKind.DpmSolver, 1000, 999)]
    [InlineData(SchedulerKind.Euler, 0, 1000)]
    public void More_steps_than_timesteps_are_refused(SchedulerKind kind, int steps, int most)
    {
        ModelException thrown =
            Assert.Throws<ModelException>(() => SchedulerFactory.Make(kind, new SchedulerConfig(), steps));

        Assert.Contains($"Steps is {steps}", thrown.Message, StringComparison.Ordinal);
        Assert.Contains($"1 to {most}", thrown.Message, StringComparison.Ordinal);
    }

    private void AssertRefused(string content, string expected)
    {
        string file = Write(content);

        ModelException thrown = Assert.Throws<ModelException>(() => SchedulerFile.Read(file, SchedulerKind.Auto));

        Assert.Equal(ModelFault.Unreadable, thrown.Fault);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(file, thrown.Message, StringComparison.Ordinal);
    }

    private string Write(string content)
    {
        string file = _folder.File("scheduler_config.json");
        File.WriteAllText(file, content);
        return file;
    }
}
