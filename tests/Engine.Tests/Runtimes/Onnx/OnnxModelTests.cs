using Engine.Options;
using Engine.Runtimes.Onnx;
using Microsoft.ML.OnnxRuntime;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Onnx;

public sealed class OnnxModelTests : IDisposable
{
    private static readonly OnnxOptions OnCpu = new() { Providers = [OnnxProvider.Cpu], ThreadsMax = 1, RunsMax = 1 };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_gives_the_wanted_outputs_in_the_order_asked_for()
    {
        using OnnxModel model = Load(Pair());
        using OrtValue x = Row(3, -4);

        using var outputs = await model.RunAsync(Feed(x), ["absolute", "negative"], CancellationToken.None);

        Assert.Equal([3f, 4f], outputs[0].GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal([-3f, 4f], outputs[1].GetTensorDataAsSpan<float>().ToArray());
    }

    [Fact]
    public async Task Bound_run_writes_into_the_same_memory_each_time()
    {
        using OnnxModel model = Load(Pair());
        (float[] given, float[] taken) = (new float[2], new float[2]);
        using OrtIoBinding binding = model.NewBinding();
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(given, [1, 2]);
        using OrtValue y = OrtValue.CreateTensorValueFromMemory(taken, [1, 2]);
        binding.BindOutput("negative", y);

        for (int turn = 1; turn < 4; turn++)
        {
            given[0] = turn;
            model.BindInput(binding, "x", x);
            await model.RunAsync(binding, CancellationToken.None);

            Assert.Equal([-turn, 0f], taken);
        }
    }

    [Fact]
    public async Task Bound_run_of_a_wrong_shape_fails_as_a_run()
    {
        using OnnxModel model = Load(Pair());
        using OrtIoBinding binding = model.NewBinding();
        using OrtValue x = OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]);
        using OrtValue y = Row(0, 0);
        model.BindInput(binding, "x", x);
        binding.BindOutput("negative", y);

        ModelException thrown = await Assert.ThrowsAsync<ModelException>(
            async () => await model.RunAsync(binding, CancellationToken.None));

        Assert.Equal(ModelFault.RunFailed, thrown.Fault);
        Assert.Throws<ModelException>(() => model.BindInput(binding, "z", x));
    }

    [Fact]
    public void Names_types_and_shapes_are_read_from_the_model_and_an_open_length_is_minus_one()
    {
        using OnnxModel model = Load(Pair());

        Assert.Equal("x Float [?, 2]", model.Inputs["x"].ToString());
        Assert.Equal([-1, 2], model.Inputs["x"].Dimensions);
        Assert.Equal(["absolute", "negative"], model.Outputs.Keys.Order());
        Assert.Equal(OnnxProvider.Cpu, model.Provider);
    }

    [Fact]
    public void Provider_that_does_not_load_is_passed_over_with_a_reason_and_the_next_is_used()
    {
        string path = Pair().Save(_folder.File("pair.onnx"));

        using OnnxModel model = OnnxModel.Load(path, new OnnxOptions(), "test");

        // On a machine with a GPU nothing is passed over; either way the model runs on what it names.
        Assert.Equal(model.Provider == OnnxProvider.Cuda, model.PassedOver.Count == 0);
        Assert.All(model.PassedOver, line => Assert.StartsWith("Cuda: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_file_folder_and_empty_file_are_each_named()
    {
        string empty = _folder.File("empty.onnx");
        File.WriteAllBytes(empty, []);

        AssertRefused(ModelFault.Missing, "absent.onnx is not there", _folder.File("absent.onnx"));
        AssertRefused(ModelFault.Missing, "is a folder", _folder.Path);
        AssertRefused(ModelFault.Unreadable, "is empty (0 bytes)", empty);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Truncated_file_is_refused_as_unreadable(double part)
    {
        byte[] whole = Pair().ToArray();
        string path = _folder.File("cut.onnx");
        File.WriteAllBytes(path, whole[..(int)(whole.Length * part)]);

        AssertRefused(ModelFault.Unreadable, "cannot be read", path);
    }

    [Theory]
    [InlineData("picture.onnx")]
    [InlineData("picture.ort")]
    public void File_of_another_format_is_refused_as_unreadable(string name)
    {
        string path = _folder.File(name);
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("This is a page of text and not a model. ", 100)));

        AssertRefused(ModelFault.Unreadable, "cannot be read", path);
    }

    [Fact]
    public void Missing_weights_file_beside_the_model_is_named_as_missing()
    {
        string path = new TinyOnnx().Input("x", [1, 2]).ConstantInFile("w", [1, 2], "weights.bin")
            .Node("Add", ["x", "w"], ["y"]).Output("y", [1, 2]).Save(_folder.File("outside.onnx"));

        AssertRefused(ModelFault.Missing, "keeps weights in a file beside it", path);
    }

    [Fact]
    public void Wrong_role_lists_what_was_expected_and_what_was_found()
    {
        using OnnxModel model = Load(Pair());

        ModelException thrown = Assert.Throws<ModelException>(
            () => model.Require(["x", "point_coords"], ["negative", "masks"]));

        Assert.Equal(ModelFault.WrongRole, thrown.Fault);
        Assert.Contains("input point_coords, output masks missing", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("x Float [?, 2]", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
    }

    [Fact]
    public async Task Wrong_shape_fails_the_run_and_leaves_the_model_usable()
    {
        using OnnxModel model = Load(Pair());
        using OrtValue wrong = OrtValue.CreateTensorValueFromMemory(new float[3], [1, 3]);
        using OrtValue right = Row(1, 2);

        ModelException thrown = await Assert.ThrowsAsync<ModelException>(
            async () => await model.RunAsync(Feed(wrong), ["negative"], CancellationToken.None));
        using var outputs = await model.RunAsync(Feed(right), ["negative"], CancellationToken.None);

        Assert.Equal(ModelFault.RunFailed, thrown.Fault);
        Assert.Single(outputs);
    }

    [Fact]
    public async Task Cancelled_wait_for_room_ends_without_a_run()
    {
        using OnnxModel model = Load(Pair());
        using OrtValue x = Row(1, 2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await model.RunAsync(Feed(x), ["negative"], new CancellationToken(canceled: true)));

        using var outputs = await model.RunAsync(Feed(x), ["negative"], CancellationToken.None);
        Assert.Single(outputs);
    }

    [Fact]
    public async Task Many_callers_share_one_model()
    {
        using OnnxModel model = Load(Pair());

        float[] answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(number => Task.Run(async () =>
        {
            using OrtValue x = Row(number, 0);
            using var outputs = await model.RunAsync(Feed(x), ["negative"], CancellationToken.None);
            return outputs[0].GetTensorDataAsSpan<float>()[0];
        })));

        Assert.Equal(Enumerable.Range(0, 64).Select(number => -(float)number), answers);
    }

    [Fact]
    public void Every_wrong_option_is_named_with_its_value()
    {
        OnnxOptions options = new()
        {
            ThreadsMax = -1,
            RunsMax = 0,
            DeviceIndex = 64,
            DeviceMemoryMaxBytes = 1,
            Providers = [OnnxProvider.Cpu, OnnxProvider.Cpu],
        };

        OptionProblem[] problems = [.. options.Problems()];

        Assert.Equal(
            ["ThreadsMax", "RunsMax", "Providers", "DeviceIndex", "DeviceMemoryMaxBytes"],
            problems.Select(problem => problem.Property));
        Assert.Throws<ArgumentException>(() => OnnxModel.Load(_folder.File("any.onnx"), options, "test"));
        Assert.Empty(new OnnxOptions().Problems());
    }

    private static TinyOnnx Pair() => new TinyOnnx().Input("x", [-1, 2])
        .Node("Neg", ["x"], ["negative"]).Node("Abs", ["x"], ["absolute"])
        .Output("negative", [-1, 2]).Output("absolute", [-1, 2]);

    private static OrtValue Row(float left, float right) =>
        OrtValue.CreateTensorValueFromMemory(new[] { left, right }, [1, 2]);

    private static Dictionary<string, OrtValue> Feed(OrtValue x) => new() { ["x"] = x };

    private static void AssertRefused(ModelFault fault, string words, string path)
    {
        ModelException thrown = Assert.Throws<ModelException>(() => OnnxModel.Load(path, OnCpu, "test"));
        Assert.Equal(fault, thrown.Fault);
        Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(path, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
    }

    private OnnxModel Load(TinyOnnx model) => OnnxModel.Load(model.Save(_folder.File("model.onnx")), OnCpu, "test");
}
