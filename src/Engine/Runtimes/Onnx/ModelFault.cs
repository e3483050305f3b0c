namespace Engine.Runtimes.Onnx;

/// <summary>What is wrong with a model; a caller can act on <see cref="OutOfMemory"/> only.</summary>
public enum ModelFault
{
    /// <summary>The file, or a data file beside it that it names, is not there.</summary>
    Missing,

    /// <summary>ONNX Runtime cannot read the file: truncated, another format, or too new.</summary>
    Unreadable,

    /// <summary>The model is sound but not of the role it was configured for: names or shapes differ.</summary>
    WrongRole,

    /// <summary>None of the configured providers works on this machine.</summary>
    NoProvider,

    /// <summary>A run needs more memory than there is; a smaller batch may succeed.</summary>
    OutOfMemory,

    /// <summary>A run failed: an input of a wrong shape or type, or a fault in the model or its provider.</summary>
    RunFailed,
}
