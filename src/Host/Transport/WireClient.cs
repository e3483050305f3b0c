using System.Runtime.CompilerServices;

namespace Host.Transport;

/// <summary>Receives samples, and connects again where it was when a connection ends that may come back.</summary>
/// <remarks>
/// Each sample of a share comes once from <see cref="ReadAllAsync"/>, by position: what a server sends again after a
/// reconnect is dropped. Acknowledge a sample once what was made of it is safe, from where the samples are read. What
/// <see cref="DemandAsync"/> asks for may be said from elsewhere, while the loop waits for a sample. A loop that has
/// waited is continued on the thread that received its sample; if it stays there for long, receiving goes on elsewhere.
/// </remarks>
/// <param name="options">What to ask for.</param>
/// <param name="clock">Times heartbeats, silence and pauses.</param>
public sealed class WireClient(WireClientOptions options, TimeProvider clock) : IAsyncDisposable
{
    private readonly WireClientOptions _options = options.Checked();
    private readonly Lock _gate = new(); // Guards that a new session and a new demand do not miss each other.
    private WireSession? _session;
    private Dictionary<string, double>? _demand; // What each session is told first; null when nothing was ever asked.
    private string? _streamId = options.StreamId;
    private long? _acked = options.Cursor; // What the next hello goes on after.
    private TimeSpan _delay = options.RetryDelayFirst; // Before the next attempt; grows until a sample comes.
    private bool _hasBrought; // Whether the connection has brought a sample.
    private bool _hasEnded; // Whether the server has said that there will be no more.
    private IOException? _fruitless; // How a connection that brought none ended.
    private ReceivedSample? _held; // What the consumer holds: its memory and credit go back when it asks for the next.
    private readonly Dictionary<long, long> _received = []; // What the consumer has had, by share,
    private readonly Dictionary<long, long> _done = []; // and what it has acknowledged.

    /// <summary>Told why a connection could not be made, and how long the pause before the next attempt is.</summary>
    public Action<IOException, TimeSpan>? Retrying { get; init; }

    /// <summary>The stream that the sequences belong to; null before the first connection.</summary>
    public string? StreamId => _streamId;

    /// <summary>The last position of the rank's own share acknowledged: the cursor to keep. Null before the first
    /// connection.</summary>
    public long? Cursor => _acked;

    /// <summary>Receives samples until the reader stops, or the plan has ended and all samples of this rank are
    /// acknowledged. Only one such loop at a time.</summary>
    /// <param name="stopping">Ends the loop.</param>
    /// <returns>Samples in order. Each counts against the credit, and its files are lent, until the next one is asked
    /// for.</returns>
    /// <exception cref="WireClosedException">The server said no, and coming back changes nothing.</exception>
    /// <exception cref="IOException">No server was there for <see cref="WireClientOptions.RetryFor"/>.</exception>
    public async IAsyncEnumerable<SampleFrame> ReadAllAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        while (true)
        {
            WireSession session = _session ?? await ConnectAsync(stopping).ConfigureAwait(false);
            if (await NextAsync(session, stopping).ConfigureAwait(false) is not { } sample)
            {
                await session.DisposeAsync().ConfigureAwait(false);
                (_session, _held) = (null, null);
                if (_hasEnded)
                {
                    yield break;
                }

                if (_fruitless is not null)
                {
                    await PauseAsync(_fruitless, stopping).ConfigureAwait(false);
                }
            }
            else if (sample.Frame.Position > _received.GetValueOrDefault(ShareOf(sample.Frame.Position)))
            {
                _received[ShareOf(sample.Frame.Position)] = sample.Frame.Position;
                yield return sample.Frame;
            }
            else if (_done.GetValueOrDefault(ShareOf(sample.Frame.Position)) is var done
                && done >= sample.Frame.Position)
            {
                // The server did not count that acknowledgement: the share was another rank's then.
                await TryAsync(session.AckAsync(done, stopping)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Acknowledges everything up to a position of the share that it belongs to.</summary>
    /// <param name="position">A position that was received.</param>
    /// <param name="stopping">Ends the wait for the turn to send.</param>
    /// <returns>Done when it is on its way; when the connection has just broken, the next one says it.</returns>
    public async ValueTask AckAsync(long position, CancellationToken stopping)
    {
        if (ShareOf(position) == _options.Rank)
        {
            position = Math.Max(position, _acked ?? 0);
            _acked = position;
        }

        _done[ShareOf(position)] = Math.Max(position, _done.GetValueOrDefault(ShareOf(position)));

        if (_session is { } session)
        {
            await TryAsync(session.AckAsync(position, stopping)).ConfigureAwait(false);
        }
    }

    /// <summary>Says how much of which categories this rank wants, in place of what it said before: now, and again
    /// after each reconnect. One call at a time; it may be said before the loop begins, and beside it.</summary>
    /// <param name="weights">By category's name, at most 1,024 bytes of UTF-8; 0 to 1e9. At most 4,096 that fit a frame
    /// of 64 KiB. Only proportions count; what is not named is wanted as a mean category, and none takes all back.
    /// </param>
    /// <param name="stopping">Ends the wait for the turn to send.</param>
    /// <returns>Done when it is on its way; when there is no connection, the next one says it.</returns>
    /// <exception cref="ArgumentException">A bound is not held; what was said before stays.</exception>
    public async ValueTask DemandAsync(IReadOnlyDictionary<string, double> weights, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Dictionary<string, double> own = new(weights, StringComparer.Ordinal); // The caller may change its own.
        if (DemandBounds.ProblemWith(own) is { } problem)
        {
            throw new ArgumentException(problem, nameof(weights));
        }

        WireSession? session;
        lock (_gate)
        {
            (_demand, session) = (own, _session);
        }

        if (session is not null)
        {
            await TryAsync(session.DemandAsync(Demand, stopping)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is { } session)
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Dictionary<string, double> Demand()
    {
        lock (_gate)
        {
            return _demand!;
        }
    }

    /// <summary>Opens the next session and tells it what is wanted, which a server may have forgotten.</summary>
    private async Task<WireSession> ConnectAsync(CancellationToken stopping)
    {
        WireSession session = await OpenAsync(stopping).ConfigureAwait(false);
        bool asks;
        lock (_gate)
        {
            (_session, asks) = (session, _demand is not null);
        }

        if (asks)
        {
            // A loop that is stopped here leaves the session behind, for which this must not be lost.
            await TryAsync(session.DemandAsync(Demand, CancellationToken.None)).AsTask().WaitAsync(stopping)
                .ConfigureAwait(false);
        }

        return session;
    }

    private long ShareOf(long position) => position % _options.World;

    private static async ValueTask<bool> TryAsync(ValueTask write)
    {
        try
        {
            await write.ConfigureAwait(false);
            return true;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return false; // The read side says how the connection ended, or has found out already.
        }
    }

    /// <summary>Waits for a sample; null when the connection ended and another may be tried.</summary>
    private async Task<ReceivedSample?> NextAsync(WireSession session, CancellationToken stopping)
    {
        try
        {
            if (_held is { } held)
            {
                _held = null;
                await TryAsync(session.TakenAsync(held, stopping)).ConfigureAwait(false);
            }

            ReceivedSample sample = await session.ReadAsync(stopping).ConfigureAwait(false);
            (_held, _delay, _hasBrought) = (sample, _options.RetryDelayFirst, true);
            return sample;
        }
        catch (WireClosedException closed) when (closed.Away.Code == GoAwayCode.Ended)
        {
            _hasEnded = true;
            return null;
        }
        catch (IOException broken) when (broken is not WireClosedException { IsFinal: true })
        {
            _fruitless = _hasBrought ? null : broken;
            return null;
        }
    }

    private async Task<WireSession> OpenAsync(CancellationToken stopping)
    {
        long since = clock.GetTimestamp();
        _hasBrought = false;
        while (true)
        {
            try
            {
                WireSession session = await WireSession
                    .OpenAsync(_options with { Cursor = _acked, StreamId = _streamId }, clock, stopping)
                    .ConfigureAwait(false);
                _streamId = session.Welcome.StreamId;
                _acked ??= session.Welcome.Cursor;
                _received[_options.Rank] = Math.Max(_received.GetValueOrDefault(_options.Rank), _acked.Value);
                return session;
            }
            catch (IOException missing) when (missing is not WireClosedException { IsFinal: true }
                && (_options.RetryFor == Timeout.InfiniteTimeSpan || clock.GetElapsedTime(since) < _options.RetryFor))
            {
                await PauseAsync(missing, stopping).ConfigureAwait(false);
            }
        }
    }

    private Task PauseAsync(IOException cause, CancellationToken stopping)
    {
        // Pauses differ from client to client, or all ranks would knock at the same moment.
        TimeSpan pause = _delay * (0.5 + (0.5 * Random.Shared.NextDouble()));
        _delay = _delay * 2 < _options.RetryDelayMax ? _delay * 2 : _options.RetryDelayMax;
        Retrying?.Invoke(cause, pause);
        return Task.Delay(pause, clock, stopping);
    }
}
