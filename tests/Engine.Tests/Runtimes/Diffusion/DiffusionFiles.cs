using Tests.Shared;

namespace Engine.Tests.Runtimes.Diffusion;

/// <summary>Files the tests of the diffusion runtime read.</summary>
internal static class DiffusionFiles
{
    /// <summary>A Stable Diffusion folder of random weights with CLIP's own tokenizer, or a skip.</summary>
    public static string TinyModel(params string[] parts)
    {
        string? path = Repository.Shared(["models", "tiny-random-sd-onnx", .. parts]);
        if (path is null)
        {
            Assert.Skip("Needs ../shared/models/tiny-random-sd-onnx.");
        }

        return path;
    }

    public static string Reference(string name) =>
        Repository.Path("tests", "Engine.Tests", "Runtimes", "Diffusion", "Reference", name);
}
