using System.Buffers;
using Engine.Items;
using Engine.Pipeline.Deliver;

namespace Host.Transport;

/// <summary>After the welcome: five loops side by side.</summary>
internal sealed partial class WireConnection
{
    // Read and sent together, and once more read ahead. More gains nothing, and would not fit a core's cache.
    private const int TogetherItems = 64;
    private const long TogetherBytes = 256 << 10;

    private async Task HearAsync(CancellationToken stopping)
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

    /// <summary>Sends, while the next samples are read on another thread, as far as there is credit for both.</summary>
    private async Task SendAsync(CancellationToken stopping)
    {
        Task<Lent<PlacedSample>>? ahead = null;
        try
        {
            while (true)
            {
                await _credit.WaitAsync(stopping).ConfigureAwait(false);
                Lent<PlacedSample> samples = await (ahead ?? ReadAsync(_credit.Balance, stopping))
                    .ConfigureAwait(false);
                ahead = null;
                try
                {
                    ahead = ReadAheadOf(samples, stopping);
                    await SendAsync(samples, stopping).ConfigureAwait(false);
                }
                finally
                {
                    _output.GiveBack(samples);
                }
            }
        }
        finally
        {
            _ = ahead?.ContinueWith(
                static read => read.Result.Dispose(), CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
    }

    private Task<Lent<PlacedSample>>? ReadAheadOf(Lent<PlacedSample> samples, CancellationToken stopping)
    {
        (int frames, long bytes) = _credit.Balance;
        (frames, bytes) = (frames - samples.Count, bytes - samples.Sum(at => at.Sample.Bytes));
        return frames > 0 && bytes > 0 ? Task.Run(() => ReadAsync((frames, bytes), stopping), stopping) : null;
    }

    private Task<Lent<PlacedSample>> ReadAsync((int Frames, long Bytes) most, CancellationToken stopping) =>
        _link!.NextAsync(
            Math.Min(most.Frames, TogetherItems), Math.Min(most.Bytes, TogetherBytes), stopping).AsTask();

    private async Task SendAsync(Lent<PlacedSample> samples, CancellationToken stopping)
    {
        for (int sent = 0; sent < samples.Count;)
        {
            await _credit.WaitAsync(stopping).ConfigureAwait(false);
            int frames = await _output.SendAsync((samples, sent), Write, stopping).ConfigureAwait(false);
            if (frames < 0)
            {
                // The reader finds out why, after the acknowledgements that came before the end.
                await Task.Delay(Options.LeaveTimeout, _server.Clock, stopping).ConfigureAwait(false);
                End(ConnectionEnd.Vanished);
            }

            sent += Math.Max(0, frames);
        }
    }

    /// <summary>Writes as many samples as there is credit for, and as should leave together.</summary>
    private int Write(FrameWriter to, (Lent<PlacedSample> Samples, int From) left)
    {
        (int frames, long bytes) = _credit.Balance;
        (int written, long length) = (0, 0);
        while (left.From + written < left.Samples.Count && written < frames && length < Math.Min(bytes, TogetherBytes))
        {
            PlacedSample at = left.Samples[left.From + written];
            int added = to.Sample(at, Options.FrameBytesMax);
            if (added == 0 && written == 0)
            {
                throw new WireFormatException(
                    GoAwayCode.SampleTooLarge,
                    $"Sample {at.Sample.Key} has {at.Sample.Bytes} bytes, more than the server's sample_bytes_max of "
                    + $"{Options.SampleBytesMax}; raise it there.");
            }

            if (added == 0)
            {
                break; // Those before it leave first.
            }

            (written, length) = (written + 1, length + added);
        }

        _credit.Spend(written, length);
        _link!.Sent(written, length);
        return written;
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
        int sentBefore = _output.Sends;
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            if (_output.Sends == sentBefore)
            {
                await _output.SendAsync(
                    _server.Hub.LastSequence, static (to, last) => to.Number(FrameType.Heartbeat, last), stopping)
                    .ConfigureAwait(false);
            }

            sentBefore = _output.Sends;
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
