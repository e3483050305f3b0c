using Engine.Runtimes.Onnx;

namespace Engine.Runtimes.Embed;

/// <summary>Finds model and preprocessor file in the layouts in use.</summary>
/// <param name="Model">The model file.</param>
/// <param name="Preprocessor">The preprocessor_config.json; null when there is none.</param>
internal sealed record EmbedderFiles(string Model, string? Preprocessor)
{
    private const string PreprocessorName = "preprocessor_config.json";

    // The vision half first: the whole of a CLIP computes the text half too, for nothing.
    private static readonly string[] ModelNames =
    [
        "vision_model.onnx", "onnx/vision_model.onnx", "model.onnx", "onnx/model.onnx",
    ];

    /// <summary>Names model and preparation; where no file says how to prepare, the model does.</summary>
    /// <exception cref="ModelException">A file cannot be read.</exception>
    public async Task<string> RevisionAsync(CancellationToken stopping)
    {
        string model = await ModelRevision.OfFileAsync(Model, stopping).ConfigureAwait(false);
        return Preprocessor is null
            ? model
            : ModelRevision.Of([model, await ModelRevision.OfFileAsync(Preprocessor, stopping).ConfigureAwait(false)]);
    }

    /// <summary>Finds the files.</summary>
    /// <exception cref="ModelException">Missing: there is no model, or more than one and none of a known name; or the
    /// preprocessor file that was named is not there.</exception>
    public static EmbedderFiles Find(EmbedderOptions options)
    {
        string model = Directory.Exists(options.Model) ? ModelIn(options.Model) : options.Model;
        if (options.Preprocessor.Length > 0)
        {
            return File.Exists(options.Preprocessor)
                ? new EmbedderFiles(model, options.Preprocessor)
                : throw new ModelException(
                    ModelFault.Missing, $"The preprocessor file {options.Preprocessor} is not there.");
        }

        // One folder up for a model in a folder onnx; above the folder that was named nothing is looked for.
        string beside = Path.GetDirectoryName(Path.GetFullPath(model))!;
        string? above = Path.GetFileName(beside) == "onnx" ? Path.GetDirectoryName(beside) : null;
        string? found = ((string?[])[beside, above])
            .OfType<string>()
            .Select(folder => Path.Combine(folder, PreprocessorName))
            .FirstOrDefault(File.Exists);
        return new EmbedderFiles(model, found);
    }

    private static string ModelIn(string folder)
    {
        if (ModelNames.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } known)
        {
            return known;
        }

        string[] all =
        [
            .. Directory.EnumerateFiles(folder, "*.onnx").Concat(Directory.EnumerateFiles(folder, "*.ort")).Order(),
        ];
        return all.Length == 1
            ? all[0]
            : throw new ModelException(
                ModelFault.Missing,
                $"The folder {folder} holds {all.Length} model files and none is {string.Join(", ", ModelNames)}; "
                    + "name the file.");
    }
}
