namespace Engine.Runtimes.Onnx;

/// <summary>A model could not be loaded or run. The message names role, file and cause in one line.</summary>
public sealed class ModelException : Exception
{
    /// <summary>Makes an exception of one line.</summary>
    /// <param name="fault">The kind of fault.</param>
    /// <param name="message">Role, file, the value found and what was expected.</param>
    /// <param name="cause">What ONNX Runtime or the file system threw; may be null.</param>
    public ModelException(ModelFault fault, string message, Exception? cause = null)
        : base(message, cause) => Fault = fault;

    /// <summary>The kind of fault.</summary>
    public ModelFault Fault { get; }
}
