namespace Engine.Imaging;

/// <summary>An image file could not be read or written; the message is one line with the value and the bound.</summary>
public sealed class ImageException : Exception
{
    /// <summary>Makes an exception of one line.</summary>
    /// <param name="fault">The kind of fault.</param>
    /// <param name="message">The value found and the bound.</param>
    public ImageException(ImageFault fault, string message)
        : base(message) => Fault = fault;

    /// <summary>The kind of fault.</summary>
    public ImageFault Fault { get; }
}
