using System.Runtime.InteropServices;
using Engine.Items;
using Engine.Pipeline.Deliver;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>A log in memory. Samples are made, not kept: number n always has the same bytes. Memory that was lent is
/// overwritten when it comes back, so that who looks at it later sees it.</summary>
internal sealed class MemorySampleLog(int imageBytes = 64) : ISampleLog
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Group, int Rank), RankCursor> _saved = []; // Guarded by _gate.
    private readonly SortedSet<long> _boundaries = []; // Guarded by _gate.
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;
    private int _reads;
    private int _lent;

    public string StreamId { get; init; } = "0123456789abcdef0123456789abcdef";

    public long LastSequence => Volatile.Read(ref _last);

    /// <summary>The first sample that is still there.</summary>
    public long First { get; set; } = 1;

    public long FirstSequence => First;

    public int Saves { get; private set; }

    /// <summary>Reads that were asked for.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Reads whose memory has not come back.</summary>
    public int Lent => Volatile.Read(ref _lent);

    /// <summary>When set, a read waits for it first.</summary>
    public Task? HoldReads { get; set; }

    /// <summary>When set, the next save fails with it.</summary>
    public Exception? FailNextSave { get; set; }

    /// <summary>When set, the next read fails with it.</summary>
    public Exception? FailNextRead { get; set; }

    public void Add(int samples)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _last += samples;
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    public Sample Make(long sequence)
    {
        byte[] image = new byte[imageBytes];
        new Random((int)sequence).NextBytes(image);
        return new Sample
        {
            Key = $"{sequence:x16}-000000",
            Category = sequence % 2 == 0 ? "yak" : "bath towel",
            PromptId = $"{sequence:x16}",
            Attempt = 0,
            Image = image,
            ImageExtension = "png",
            MaskPng = new byte[] { 1, 2, 3 },
            Json = "{\"box\":[1,2,3,4]}"u8.ToArray(),
        };
    }

    public static StoredSample Stored(long sequence) => new(sequence, $"{sequence:x16}-000000", "yak", 0, 0, 1, 0);

    public async ValueTask<Lent<LoggedSample>> ReadAsync(
        IReadOnlyList<long> sequences, long bytesMax, CancellationToken stopping)
    {
        Interlocked.Increment(ref _reads);
        if (HoldReads is { } hold)
        {
            await hold.WaitAsync(stopping);
        }

        stopping.ThrowIfCancellationRequested();
        if (FailNextRead is { } failure)
        {
            FailNextRead = null;
            throw failure;
        }

        List<LoggedSample> samples = [];
        long bytes = 0;
        foreach (long at in sequences.Where(at => at >= First))
        {
            Assert.InRange(at, 1, LastSequence);
            Sample sample = Make(at);
            bytes += sample.Bytes;
            if (bytes > bytesMax && samples.Count > 0)
            {
                break;
            }

            samples.Add(new LoggedSample(at, sample));
        }

        Interlocked.Increment(ref _lent);
        return new Lent<LoggedSample>(samples, new Spoiled(samples, () => Interlocked.Decrement(ref _lent)));
    }

    public async Task WaitForSequenceAsync(long above, CancellationToken stopping)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_last > above)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(stopping);
        }
    }

    public IReadOnlyList<RankCursor> LoadCursors()
    {
        lock (_gate)
        {
            return [.. _saved.Values];
        }
    }

    public Task SaveCursorsAsync(IReadOnlyList<RankCursor> cursors, CancellationToken stopping)
    {
        lock (_gate)
        {
            Saves++;
            if (FailNextSave is { } failure)
            {
                FailNextSave = null;
                return Task.FromException(failure);
            }

            foreach (RankCursor cursor in cursors)
            {
                foreach ((string Group, int Rank) other in _saved.Keys.Where(key => key.Group == cursor.Group
                    && (_saved[key].Share.World, _saved[key].Order) != (cursor.Share.World, cursor.Order)).ToArray())
                {
                    _saved.Remove(other);
                }

                _saved[(cursor.Group, cursor.Share.Rank)] = cursor;
            }

            return Task.CompletedTask;
        }
    }

    public Task ForgetGroupAsync(string group, CancellationToken stopping)
    {
        lock (_gate)
        {
            foreach ((string Group, int Rank) key in _saved.Keys.Where(key => key.Group == group).ToArray())
            {
                _saved.Remove(key);
            }

            return Task.CompletedTask;
        }
    }

    public IReadOnlyList<long> LoadBoundaries()
    {
        lock (_gate)
        {
            return [.. _boundaries];
        }
    }

    public Task AddBoundaryAsync(long sequence, CancellationToken stopping)
    {
        lock (_gate)
        {
            _boundaries.Add(sequence);
            return Task.CompletedTask;
        }
    }

    /// <summary>Overwrites the files of samples when they are given back.</summary>
    private sealed class Spoiled(IReadOnlyList<LoggedSample> samples, Action cameBack) : IDisposable
    {
        public void Dispose()
        {
            foreach (LoggedSample at in samples)
            {
                foreach (ReadOnlyMemory<byte> file in new[] { at.Sample.Image, at.Sample.MaskPng, at.Sample.Json })
                {
                    MemoryMarshal.AsMemory(file).Span.Fill(0xEE);
                }
            }

            cameBack();
        }
    }
}
