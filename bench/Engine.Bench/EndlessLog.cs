using Engine.Items;
using Engine.Pipeline.Deliver;

namespace Engine.Bench;

/// <summary>A log that always has more: the same sample under every sequence, so reading costs nothing.</summary>
internal sealed class EndlessLog(int sampleBytes) : ISampleLog
{
    private readonly Sample _sample = new()
    {
        Key = "00000000deadbeef-000001",
        Category = "bath towel",
        PromptId = "00000000deadbeef",
        Attempt = 1,
        Image = new byte[sampleBytes - 1024],
        ImageExtension = "png",
        MaskPng = new byte[512],
        Json = new byte[512],
    };

    public string StreamId => "endless";

    public long LastSequence => 1L << 40;

    public ValueTask<IReadOnlyList<LoggedSample>> ReadAsync(
        IReadOnlyList<long> sequences, long bytesMax, CancellationToken stopping)
    {
        LoggedSample[] samples = new LoggedSample[(int)Math.Clamp(bytesMax / _sample.Bytes, 1, sequences.Count)];
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i] = new LoggedSample(sequences[i], _sample);
        }

        return ValueTask.FromResult<IReadOnlyList<LoggedSample>>(samples);
    }

    public Task WaitForSequenceAsync(long above, CancellationToken stopping) => Task.CompletedTask;

    public IReadOnlyList<RankCursor> LoadCursors() => [];

    public Task SaveCursorsAsync(IReadOnlyList<RankCursor> cursors, CancellationToken stopping) => Task.CompletedTask;

    public Task ForgetGroupAsync(string group, CancellationToken stopping) => Task.CompletedTask;

    public IReadOnlyList<long> LoadBoundaries() => [];

    public Task AddBoundaryAsync(long sequence, CancellationToken stopping) => Task.CompletedTask;
}
