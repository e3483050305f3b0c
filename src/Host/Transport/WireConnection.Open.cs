using System.Buffers;
using Engine.Pipeline.Deliver;

namespace Host.Transport;

/// <summary>After the welcome: five loops side by side.</summary>
internal sealed partial class WireConnection
{
    private const int ReadAheadItems = 64;

    private async Task ReadAsync(CancellationToken stopping)
    {
        FrameRate rate = new(Options.ClientFramesPerSecondMax, _server.Clock);
        bool TakeFrame(ReadOnlySequence<byte> payload)
        {
            rate.Count();
            Take(payload);
            Volatile.Write(ref _heardAt, _server.Clock.GetTimestamp());
            return true;
        }

        InputEnd end = await _input.ReadAsync(TakeFrame, stopping).ConfigureAwait(false);
        End(end == InputEnd.Torn ? ConnectionEnd.Vanished : ConnectionEnd.Closed);
    }

    private void Take(ReadOnlySequence<byte> payload)
    {
        FrameType type = FrameReader.TypeOf(payload);
        switch (type)
        {
            case FrameType.Credit:
                _credit.Grant(FrameReader.Credit(payload));
                break;
            case FrameType.Ack or FrameType.Heartbeat:
                _link!.Ack(FrameReader.Number(payload, type));
                break;
            case FrameType.Demand:
                _link!.Demand(FrameReader.Demand(payload));
                break;
            default:
                throw new WireFormatException(
                    GoAwayCode.UnexpectedFrame, $"{type} came after the welcome; a client may not send it there.");
        }
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task<IReadOnlyList<PlacedSample>>? ahead = null;
        try
        {
            while (true)
            {
                await _credit.WaitAsync(stopping).ConfigureAwait(false);
                IReadOnlyList<PlacedSample> samples =
                    await (ahead ?? NextAsync(0, 0, stopping)).ConfigureAwait(false);

                // The next ones are read while these leave, as far as there is credit for both.
                long bytes = samples.Sum(sample => sample.Sample.Bytes);
                ahead = _credit.Balance is var (frames, left) && frames > samples.Count && left > bytes
                    ? Task.Run(() => NextAsync(samples.Count, bytes, ending.Token), ending.Token)
                    : null;
                await SendAsync(samples, stopping).ConfigureAwait(false);
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
            if (ahead is not null)
            {
                // It has ended before the log does that it reads.
                await ((Task)ahead).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task SendAsync(IReadOnlyList<PlacedSample> samples, CancellationToken stopping)
    {
        for (int i = 0; i < samples.Count; i++)
        {
            await _credit.WaitAsync(stopping).ConfigureAwait(false);

            // A frame waits for the next one only where nothing can keep that from following at once.
            bool moreFollows = i + 1 < samples.Count
                && _credit.Balance is var (frames, bytes) && frames > 1
                && bytes > samples[i].Sample.Bytes + WireLimits.SampleOverheadBytesMax;
            if (!await _output.SendAsync(samples[i], Write, stopping, moreFollows).ConfigureAwait(false))
            {
                // The reader finds out why, after the acknowledgements that came before the end.
                await Task.Delay(Options.LeaveTimeout, _server.Clock, stopping).ConfigureAwait(false);
                End(ConnectionEnd.Vanished);
            }
        }
    }

    /// <summary>Reads the next samples that there is credit for, beyond those that are about to leave.</summary>
    private async Task<IReadOnlyList<PlacedSample>> NextAsync(int samples, long bytes, CancellationToken stopping)
    {
        (int frames, long left) = _credit.Balance;
        return await _link!.NextAsync(
            Math.Clamp(frames - samples, 1, ReadAheadItems), Math.Clamp(left - bytes, 1, Options.ReadAheadBytes / 2),
            stopping).ConfigureAwait(false);
    }

    private void Write(FrameWriter to, PlacedSample at)
    {
        int bytes = to.Sample(at, Options.FrameBytesMax);
        if (bytes == 0)
        {
            throw new WireFormatException(
                GoAwayCode.SampleTooLarge,
                $"Sample {at.Sample.Key} has {at.Sample.Bytes} bytes, more than the server's sample_bytes_max of "
                + $"{Options.SampleBytesMax}; raise it there.");
        }

        _credit.Spend(bytes);
        _link!.Sent(bytes);
    }

    /// <summary>Sees whether the client lives. Sends nothing itself, so that nothing can hold it up.</summary>
    private async Task CheckAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Options.HeartbeatInterval, _server.Clock);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            TimeSpan silent = _server.Clock.GetElapsedTime(Volatile.Read(ref _heardAt));
            if (_output.Waiting > Options.IdleTimeout)
            {
                End(ConnectionEnd.Away(
                    GoAwayCode.Stalled,
                    $"The client did not take what it gave credit for within {Options.IdleTimeout.TotalSeconds} s."));
            }
            else if (silent > Options.IdleTimeout)
            {
                End(ConnectionEnd.Away(
                    GoAwayCode.Idle,
                    $"Nothing was heard for {silent}; the bound is {Options.IdleTimeout}."));
            }
        }
    }

    /// <summary>Shows the client that the server lives, in each interval in which nothing else did.</summary>
    private async Task BeatAsync(CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Options.HeartbeatInterval, _server.Clock);
        int sentBefore = _output.FramesSent;
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            if (_output.FramesSent == sentBefore)
            {
                await _output.SendAsync(
                    _server.Hub.LastSequence, static (to, last) => to.Number(FrameType.Heartbeat, last), stopping)
                    .ConfigureAwait(false);
            }

            sentBefore = _output.FramesSent;
        }
    }

    private async Task WatchAsync(RankLink link, CancellationToken stopping)
    {
        await link.Ended.WaitAsync(stopping).ConfigureAwait(false);
        End(EndOf(link));
    }

    /// <summary>What a client is told whose link the hub has ended.</summary>
    private static ConnectionEnd EndOf(RankLink? link) => link switch
    {
        { Ended: { IsCompletedSuccessfully: true, Result: LinkEnd.Replaced } } => ConnectionEnd.Away(
            GoAwayCode.Replaced,
            $"A newer connection took rank {link.Share.Rank} of {link.Share.World} of group '{link.GroupName}'."),
        { Ended: { IsCompletedSuccessfully: true, Result: LinkEnd.Removed } } =>
            ConnectionEnd.Away(GoAwayCode.Removed, $"Group '{link.GroupName}' was removed."),
        { Ended: { IsCompletedSuccessfully: true, Result: LinkEnd.Ended } } => ConnectionEnd.Away(
            GoAwayCode.Ended, "The plan has ended and all samples of this rank are acknowledged."),
        _ => ConnectionEnd.Away(GoAwayCode.Draining, "The daemon is going down."),
    };
}
