namespace Engine.Pipeline.Prompts;

/// <summary>A file of prompts cannot be opened or read. The message names the file and the cause in one line.</summary>
public sealed class PromptFileException : Exception
{
    /// <summary>Makes an exception of one line.</summary>
    /// <param name="message">The file and the cause.</param>
    /// <param name="cause">What the file system threw; may be null.</param>
    public PromptFileException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
