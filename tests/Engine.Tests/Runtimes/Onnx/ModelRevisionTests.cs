using Engine.Runtimes.Onnx;
using Engine.Tests.Runtimes.Diffusion;
using Tests.Shared;

namespace Engine.Tests.Runtimes.Onnx;

public sealed class ModelRevisionTests : IDisposable
{
    private readonly TinyDiffusion _model = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Copy_elsewhere_has_the_same_revision()
    {
        using TempFolder copy = new();
        foreach (string file in Directory.EnumerateFiles(_model.Path, "*", SearchOption.AllDirectories))
        {
            string to = copy.File(Path.GetRelativePath(_model.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        Assert.Equal(await RevisionAsync(_model.Path), await RevisionAsync(copy.Path));
    }

    [Theory]
    [InlineData("model_index.json", true)]
    [InlineData("unet/config.json", true)]
    [InlineData("unet/weights.pb", true)]                              // weights beside the model
    [InlineData("unet/diffusion_pytorch_model.safetensors", false)]    // another framework's
    [InlineData("safety_checker/model.onnx", false)]                   // a part that is not used
    [InlineData("README.md", false)]
    public async Task Change_of_a_file_that_is_used_changes_the_revision(string file, bool changes)
    {
        string before = await RevisionAsync(_model.Path);

        _model.Json(file, "changed");

        Assert.Equal(changes, before != await RevisionAsync(_model.Path));
        Assert.Matches("^[0-9a-f]{16}$", before);
    }

    [Theory]
    [InlineData("gan.onnx", true)]
    [InlineData("gan.onnx.data", true)]
    [InlineData("gan.onnx_data", true)]
    [InlineData("other.onnx", false)]
    public async Task Model_of_one_file_is_named_with_the_weights_beside_it(string file, bool changes)
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(folder.File("gan.onnx"), "model", Token);
        string before = await ModelRevision.OfFileAsync(folder.File("gan.onnx"), Token);

        await File.WriteAllTextAsync(folder.File(file), "changed", Token);

        Assert.Equal(changes, before != await ModelRevision.OfFileAsync(folder.File("gan.onnx"), Token));
        Assert.Matches("^[0-9a-f]{16}$", before);
    }

    private static Task<string> RevisionAsync(string folder) =>
        ModelRevision.OfFolderAsync(folder, ["unet", "tokenizer", "absent"], Token);
}
