using System.Buffers;

namespace Engine.Store;

/// <summary>A buffer out of the shared pool; it goes back once.</summary>
/// <param name="bytes">It has at least so many.</param>
internal sealed class LentBuffer(int bytes) : IDisposable
{
    private byte[]? _array = ArrayPool<byte>.Shared.Rent(bytes);

    /// <summary>The whole buffer, as long as the pool made it.</summary>
    public byte[] Array => _array ?? throw new ObjectDisposedException(nameof(LentBuffer));

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _array, null) is { } array)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
