using System.Buffers;

namespace Host.Transport;

/// <summary>Memory that frames are received into and read from in place. It goes back to the pool with its last user.
/// </summary>
/// <param name="bytes">It has at least so many.</param>
internal sealed class ReceiveSlab(int bytes)
{
    private int _users = 1; // Who receives into it, and one a frame that lies in it. Changed through Interlocked.

    public byte[] Bytes { get; } = ArrayPool<byte>.Shared.Rent(bytes);

    /// <summary>Whether no frame in it is in use. Asked by who receives into it: nobody else adds one.</summary>
    public bool IsFree => Volatile.Read(ref _users) == 1;

    public void Hold() => Interlocked.Increment(ref _users);

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            ArrayPool<byte>.Shared.Return(Bytes);
        }
    }
}
