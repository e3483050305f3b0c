namespace Engine.Store;

/// <summary>The disk is full. Nothing of the call was kept; it may be made again when there is space.</summary>
public sealed class StoreFullException : StoreException
{
    internal StoreFullException(string directory, Exception cause)
        : base($"No space left in {directory}; nothing of this call was stored. Make space: the store goes on.", cause)
    {
    }
}
