namespace Engine.Pipeline.Filter;

/// <summary>A filter that remembers what it let pass until it hears how the try ended.</summary>
/// <remarks>Each try that the filter kept ends by exactly one of the two, or with the process.</remarks>
public interface ITryListener
{
    /// <summary>The try's sample is durable in the store. Nothing happens where the filter does not know it.</summary>
    /// <param name="key">The prompt's key.</param>
    void Accepted(string key);

    /// <summary>The try ended without a sample, here or in any other stage. Nothing happens where the filter does not
    /// know it.</summary>
    /// <param name="key">The prompt's key.</param>
    void Rejected(string key);
}
