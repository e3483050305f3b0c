using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Diffusion;

/// <summary>A model folder in the layout of diffusers and optimum: model_index.json and a folder a part.</summary>
internal sealed class DiffusionFolder
{
    private const string IndexName = "model_index.json";

    private static readonly string[] Classes =
        ["StableDiffusionPipeline", "StableDiffusionXLPipeline", "LatentConsistencyModelPipeline"];

    // The same pipelines as the old diffusers script and as optimum call them.
    private static readonly string[] Prefixes = ["", "Onnx", "ORT"];

    private readonly ModelJson _index;

    private DiffusionFolder(string path, ModelJson index) => (Path, _index) = (path, index);

    public string Path { get; }

    /// <summary>An empty negative prompt stands for an encoding of zeros, not for the encoding of no text (SDXL).
    /// </summary>
    public bool ZerosForNoPrompt => _index.Flag("force_zeros_for_empty_prompt", false);

    /// <summary>Opens a folder and reads model_index.json.</summary>
    /// <exception cref="ModelException">Missing: the folder or the file. Unreadable: another pipeline.</exception>
    public static DiffusionFolder Open(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new ModelException(
                ModelFault.Missing,
                File.Exists(path)
                    ? $"The diffusion model {path} is a file; give the folder that holds {IndexName}."
                    : $"The diffusion model {path} is not there; it must be a folder that holds {IndexName}.");
        }

        string file = System.IO.Path.Combine(path, IndexName);
        if (!File.Exists(file))
        {
            throw new ModelException(
                ModelFault.Missing,
                $"The diffusion model {path} holds no {IndexName}; it must be a folder in the ONNX layout of diffusers "
                    + "or optimum.");
        }

        ModelJson index = ModelJson.Read(file);
        string name = index.Text("_class_name") ?? "none";
        return Classes.Any(known => Prefixes.Any(prefix => prefix + known == name))
            ? new DiffusionFolder(path, index)
            : throw index.Wrong($"has _class_name {name}; it must be {string.Join(", ", Classes)}, also with Onnx or "
                + "ORT before it");
    }

    /// <summary>A part's folder. Whether model_index.json lists it does not count: optimum lists the VAE by another
    /// name.</summary>
    /// <exception cref="ModelException">Missing.</exception>
    public string Part(string part)
    {
        string folder = System.IO.Path.Combine(Path, part);
        return Directory.Exists(folder)
            ? folder
            : throw new ModelException(
                ModelFault.Missing, $"The folder {folder} is not there; the diffusion model {Path} needs its {part}.");
    }

    /// <summary>A part's model: model.onnx, or the only .onnx file of its folder.</summary>
    /// <exception cref="ModelException">Missing: the folder, or one model in it.</exception>
    public string Model(string part)
    {
        string folder = Part(part);
        string usual = System.IO.Path.Combine(folder, "model.onnx");
        if (File.Exists(usual))
        {
            return usual;
        }

        string[] found = Directory.GetFiles(folder, "*.onnx");
        return found.Length == 1
            ? found[0]
            : throw new ModelException(
                ModelFault.Missing,
                $"The folder {folder} holds {found.Length} .onnx files and none is model.onnx; it must hold one.");
    }

    /// <summary>A part's config.json; empty when it is not there, as old exports have none.</summary>
    public ModelJson Config(string part) => ModelJson.ReadIfThere(System.IO.Path.Combine(Part(part), "config.json"));
}
