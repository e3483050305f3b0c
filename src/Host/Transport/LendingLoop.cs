namespace Host.Transport;

/// <summary>A loop on a thread of its own, which it lends to whoever waits for what it hands on.</summary>
/// <remarks>
/// To wake another thread for what was received costs more than to receive it, so a consumer that waits is continued on
/// this one. If it stays for 10 ms, be it that it works or that it waits for the very thing that the loop would bring,
/// another thread goes on with the loop, and this one leaves it when it comes back: lending never stops the loop for
/// good.
/// </remarks>
internal sealed class LendingLoop : IDisposable
{
    private static readonly TimeSpan StayMax = TimeSpan.FromMilliseconds(10);

    private readonly Action _loop;
    private readonly ITimer _watch;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _turn; // Odd while the thread is lent; only counts up. Changed through Interlocked.
    private int _isWatched; // Whether the watch is set, 0 or 1. Changed through Interlocked.
    private int _turnSeen; // The watch's own.

    /// <summary>Makes the loop; <see cref="Start"/> begins it.</summary>
    /// <param name="loop">Runs until it calls <see cref="End"/>, or <see cref="TakeBack"/> tells it to leave; throws
    /// nothing. What it keeps between its steps belongs to the thread that runs it.</param>
    /// <param name="clock">Times how long the thread is lent.</param>
    public LendingLoop(Action loop, TimeProvider clock)
    {
        _loop = loop;
        _watch = clock.CreateTimer(_ => Watch(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends with the loop; never faults.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Runs the loop from its start on a new thread.</summary>
    public void Start() => new Thread(() => _loop()) { IsBackground = true, Name = "headwater-receive" }.Start();

    /// <summary>Called by the loop before it hands something on.</summary>
    /// <returns>For <see cref="TakeBack"/>.</returns>
    public int Lend()
    {
        int turn = Interlocked.Increment(ref _turn);
        if (Volatile.Read(ref _isWatched) == 0)
        {
            SetWatch();
        }

        return turn;
    }

    /// <summary>Called by the loop after that.</summary>
    /// <param name="turn">What <see cref="Lend"/> gave.</param>
    /// <returns>False when another thread has gone on: the caller leaves, and touches nothing of the loop's.</returns>
    public bool TakeBack(int turn) => TryNext(turn);

    /// <summary>Has another thread go on with the loop, if its own is lent.</summary>
    public void TakeOver()
    {
        int turn = Volatile.Read(ref _turn);
        if (IsLent(turn) && TryNext(turn))
        {
            Start();
        }
    }

    /// <summary>Called by the loop, last.</summary>
    public void End() => _ended.SetResult();

    public void Dispose() => _watch.Dispose();

    private static bool IsLent(int turn) => (turn & 1) != 0;

    private bool TryNext(int turn) => Interlocked.CompareExchange(ref _turn, turn + 1, turn) == turn;

    private void SetWatch()
    {
        if (Interlocked.Exchange(ref _isWatched, 1) == 0)
        {
            _watch.Change(StayMax, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Takes over what was lent already when it looked last.</summary>
    private void Watch()
    {
        // In this order: who lends after it finds the watch not set, and who has lent before it is seen here.
        Interlocked.Exchange(ref _isWatched, 0);
        int turn = Volatile.Read(ref _turn);
        if (!IsLent(turn))
        {
            return;
        }

        if (turn == _turnSeen)
        {
            TakeOver();
        }

        _turnSeen = turn;
        SetWatch();
    }
}
