namespace Engine.Runtimes.Onnx;

/// <summary>A part whose model is computed by one of several providers.</summary>
public interface IProviderChoice
{
    /// <summary>The configured name of the part.</summary>
    string Name { get; }

    /// <summary>The provider that computes the model, or the largest of its models.</summary>
    OnnxProvider Provider { get; }

    /// <summary>One line for each preferred provider that did not load, for the log.</summary>
    IReadOnlyList<string> PassedOver { get; }
}
