namespace Engine.Store;

/// <summary>The sample was accepted once, and retention has deleted it since.</summary>
public sealed class SampleDeletedException : StoreException
{
    internal SampleDeletedException(long sequence, long first)
        : base($"Sample {sequence} was deleted by retention; the first one kept is {first}.")
    {
    }
}
