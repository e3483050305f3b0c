namespace Engine.Store;

/// <summary>The store cannot be opened or used; the message says where, what was wanted and what was found.</summary>
public class StoreException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">The place, what was wanted, what was found.</param>
    /// <param name="cause">What lay below; null when the store itself found it.</param>
    public StoreException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
