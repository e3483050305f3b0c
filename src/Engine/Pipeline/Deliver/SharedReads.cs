using Engine.Items;

namespace Engine.Pipeline.Deliver;

/// <summary>Reads samples once for all groups that come for them at about the same time.</summary>
/// <remarks>
/// At a live stream's head all groups wait for the same samples, and a composed picture costs tens of milliseconds to
/// make. What every group has had is let go at once; what is kept for those to come has at most 16 MiB, beside what is
/// still being sent. A group that nobody follows reads past this.
/// </remarks>
/// <param name="log">Owned by the caller.</param>
internal sealed class SharedReads(ISampleLog log)
{
    /// <summary>Bytes that are kept at most.</summary>
    internal const long KeptBytesMax = 16 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, (SharedRead Read, int Index)> _bySequence = []; // Guarded by _gate.
    private readonly LinkedList<SharedRead> _kept = []; // Oldest first. Guarded by _gate.
    private long _keptBytes; // Guarded by _gate.

    /// <summary>Bytes that are kept for groups to come.</summary>
    internal long KeptBytes
    {
        get
        {
            lock (_gate)
            {
                return _keptBytes;
            }
        }
    }

    /// <summary>As <see cref="ISampleLog.ReadAsync"/>, which it may save.</summary>
    /// <param name="sequences">Whose, in any order, at least one; each was stored.</param>
    /// <param name="bytesMax">At most so many bytes, but always one sample.</param>
    /// <param name="groupsToCome">Groups that will probably ask for the same soon.</param>
    /// <param name="stopping">Ends the read.</param>
    public async ValueTask<Lent<LoggedSample>> ReadAsync(
        IReadOnlyList<long> sequences, long bytesMax, int groupsToCome, CancellationToken stopping)
    {
        (SharedRead Read, int Index) at;
        bool isFirst = false;
        lock (_gate)
        {
            if (_bySequence.TryGetValue(sequences[0], out at))
            {
                at.Read.Hold();
            }
            else if (groupsToCome > 0)
            {
                isFirst = true;
                at = _bySequence[sequences[0]] = (new SharedRead(groupsToCome), 0);
            }
        }

        if (isFirst)
        {
            await FillAsync(at.Read, sequences, bytesMax, stopping).ConfigureAwait(false);
        }

        if (at.Read is null || !await IsReadAsync(at.Read, stopping).ConfigureAwait(false))
        {
            // Nobody has read it, or who did failed or left: this one finds out for itself.
            return await log.ReadAsync(sequences, bytesMax, stopping).ConfigureAwait(false);
        }

        return PartOf(at.Read, at.Index, sequences, bytesMax, isFirst);
    }

    private static async ValueTask<bool> IsReadAsync(SharedRead read, CancellationToken stopping)
    {
        bool isRead = false;
        try
        {
            return isRead = await read.IsRead.WaitAsync(stopping).ConfigureAwait(false);
        }
        finally
        {
            if (!isRead)
            {
                read.Dispose();
            }
        }
    }

    private async ValueTask FillAsync(
        SharedRead own, IReadOnlyList<long> sequences, long bytesMax, CancellationToken stopping)
    {
        try
        {
            own.Fill(await log.ReadAsync(sequences, bytesMax, stopping).ConfigureAwait(false));
        }
        catch
        {
            lock (_gate)
            {
                _bySequence.Remove(sequences[0]);
            }

            own.Fail();
            throw;
        }

        lock (_gate)
        {
            if (own.Samples.Count == 0 || own.Samples[0].Sequence != sequences[0])
            {
                _bySequence.Remove(sequences[0]);
                own.Dispose();
                return;
            }

            for (int i = 1; i < own.Samples.Count; i++)
            {
                _bySequence.TryAdd(own.Samples[i].Sequence, (own, i));
            }

            own.Place = _kept.AddLast(own);
            _keptBytes += BytesOf(own);
            while (_keptBytes > KeptBytesMax)
            {
                Forget(_kept.First!.Value);
            }
        }
    }

    /// <summary>The samples that are asked for, from a place in what was read on, as many as fit.</summary>
    private Lent<LoggedSample> PartOf(
        SharedRead read, int index, IReadOnlyList<long> sequences, long bytesMax, bool isFirst)
    {
        List<LoggedSample> part = [];
        long bytes = 0;
        while (part.Count < sequences.Count && index < read.Samples.Count
            && read.Samples[index] is var next && next.Sequence == sequences[part.Count]
            && ((bytes += next.Sample.Bytes) <= bytesMax || part.Count == 0))
        {
            part.Add(next);
            index++;
        }

        lock (_gate)
        {
            if (!isFirst && index == read.Samples.Count && --read.GroupsToCome <= 0 && read.Place is not null)
            {
                Forget(read);
            }
        }

        return new Lent<LoggedSample>(part, read);
    }

    private void Forget(SharedRead read)
    {
        foreach (LoggedSample sample in read.Samples)
        {
            if (_bySequence.TryGetValue(sample.Sequence, out (SharedRead Read, int Index) at)
                && ReferenceEquals(at.Read, read))
            {
                _bySequence.Remove(sample.Sequence);
            }
        }

        _kept.Remove(read.Place!);
        read.Place = null;
        _keptBytes -= BytesOf(read);
        read.Dispose();
    }

    private static long BytesOf(SharedRead read) => read.Samples.Sum(sample => sample.Sample.Bytes);
}
