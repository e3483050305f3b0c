namespace Host.Configuration;

/// <summary>Whether the files that a configuration names are there.</summary>
internal static class ConfigEnvironment
{
    /// <summary>What is missing.</summary>
    /// <param name="config">A configuration without problems.</param>
    /// <returns>Key and message of each file or folder that is not there.</returns>
    public static IEnumerable<(string Key, string Message)> Missing(HeadwaterConfig config) => Named(config)
        .Where(named => named.Path.Length > 0 && !Path.Exists(named.Path))
        .Select(named => (named.Key, $"is '{named.Path}', which does not exist"));

    private static IEnumerable<(string Key, string Path)> Named(HeadwaterConfig config)
    {
        yield return ("generator.library.source", config.Generator.Library.Source);
        yield return ("generator.library.names", config.Generator.Library.Names);
        if (config.Annotator is { Kind: AnnotatorKind.Sam, Sam: { } sam })
        {
            yield return ("annotator.sam.encoder", sam.Encoder);
            yield return ("annotator.sam.decoder", sam.Decoder);
        }

        if (config.Annotator is { Kind: AnnotatorKind.Salient, Salient: { } salient })
        {
            yield return ("annotator.salient.model", salient.Model);
        }

        if (config.Embedder is { } embedder)
        {
            yield return ("embedder.model.model", embedder.Model.Model);
        }

        for (int i = 0; i < config.Plan.PromptFiles.Count; i++)
        {
            yield return ($"plan.prompt_files[{i}].path", config.Plan.PromptFiles[i].Path);
        }
    }
}
