namespace Host.Transport;

/// <summary>What a client lets the server send. A sample may go while both balances are above zero.</summary>
/// <remarks>
/// The byte balance may fall below zero by one frame, so that a sample larger than all the credit a client ever gives
/// still passes; the client's memory is bounded by its byte credit and one frame.
/// </remarks>
internal sealed class CreditAccount
{
    private readonly Lock _gate = new();
    private int _frames; // Guarded by _gate.
    private long _bytes; // Guarded by _gate.
    private TaskCompletionSource? _waiter; // The one sender, when it waits. Guarded by _gate.

    /// <summary>The balances now.</summary>
    public (int Frames, long Bytes) Balance
    {
        get
        {
            lock (_gate)
            {
                return (_frames, _bytes);
            }
        }
    }

    /// <summary>Adds credit.</summary>
    /// <exception cref="WireFormatException">An account may not hold so much.</exception>
    public void Grant(CreditFrame credit)
    {
        TaskCompletionSource? waiter = null;
        lock (_gate)
        {
            if (credit.Frames > WireLimits.CreditFramesMax - _frames
                || credit.Bytes > WireLimits.CreditBytesMax - _bytes)
            {
                throw new WireFormatException(
                    GoAwayCode.CreditOverflow,
                    $"Credit of {credit.Frames} frames and {credit.Bytes} bytes comes to {_frames} and {_bytes}; an "
                    + $"account holds {WireLimits.CreditFramesMax} and {WireLimits.CreditBytesMax} at most.");
            }

            (_frames, _bytes) = (_frames + credit.Frames, _bytes + credit.Bytes);
            if (_frames > 0 && _bytes > 0)
            {
                (waiter, _waiter) = (_waiter, null);
            }
        }

        waiter?.TrySetResult();
    }

    /// <summary>Takes frames off the account.</summary>
    /// <param name="frames">How many.</param>
    /// <param name="bytes">Their length, prefixes included.</param>
    public void Spend(int frames, long bytes)
    {
        lock (_gate)
        {
            (_frames, _bytes) = (_frames - frames, _bytes - bytes);
        }
    }

    /// <summary>Waits until one sample may go. One caller at a time.</summary>
    public ValueTask WaitAsync(CancellationToken stopping)
    {
        lock (_gate)
        {
            if (_frames > 0 && _bytes > 0)
            {
                return ValueTask.CompletedTask;
            }

            _waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_waiter.Task.WaitAsync(stopping));
        }
    }
}
