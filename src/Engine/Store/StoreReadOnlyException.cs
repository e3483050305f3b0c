namespace Engine.Store;

/// <summary>
/// An earlier write may or may not have reached the disk, so that the store takes nothing more until it is opened
/// again, which finds out. Reading goes on.
/// </summary>
public sealed class StoreReadOnlyException : StoreException
{
    internal StoreReadOnlyException(string directory, Exception firstCause)
        : base(
            $"The store in {directory} is read-only until it is opened again. First cause: {firstCause.Message}",
            firstCause)
    {
    }
}
