namespace Engine.Export;

/// <summary>An export cannot go on: the folder holds something else, or cannot be written to.</summary>
public sealed class ExportException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">One sentence: the file, the value, and what was expected.</param>
    public ExportException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">One sentence: the file, the value, and what was expected.</param>
    /// <param name="cause">What was met.</param>
    public ExportException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
