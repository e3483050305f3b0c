namespace Host.Configuration;

/// <summary>The kind of a generator.</summary>
internal enum GeneratorKind
{
    /// <summary>Pictures of a library, composed by seed.</summary>
    Library,

    /// <summary>A text-to-image model of the Stable Diffusion family.</summary>
    Diffusion,

    /// <summary>A server: OpenAI's image API or AUTOMATIC1111's.</summary>
    Remote,

    /// <summary>Pictures made elsewhere, in a folder that is watched.</summary>
    Folder,

    /// <summary>An ONNX model that makes a picture of noise, and of a class where it has classes.</summary>
    Gan,
}
