using Engine.Items;

namespace Engine.Store.Repair;

/// <summary>Reads every byte the ledger answers for and finds what is left of it.</summary>
/// <param name="directory">The data directory.</param>
/// <param name="ledger">Its ledger.</param>
internal sealed class ShardSurvey(string directory, Ledger ledger)
{
    private readonly ShardReader _reader = new(directory, DiskFiles.Instance);
    private readonly List<StoredSample> _rows = []; // of the shard that is being read
    private readonly Dictionary<int, ShardRow> _shards = ledger.Shards().ToDictionary(shard => shard.Number);

    public List<string> Actions { get; } = [];

    public List<LostSample> Lost { get; } = [];

    public List<ShardCopy> Copies { get; } = [];

    /// <summary>Shard files that the ledger does not know, to be moved away.</summary>
    public List<string> Strangers { get; } = [];

    public bool HasGaps { get; private set; }

    public long Samples { get; private set; }

    public long FirstSequence { get; private set; } = 1;

    /// <summary>Reads everything.</summary>
    public void Run(CancellationToken stopping)
    {
        foreach (string path in Directory.EnumerateFiles(directory, ShardName.Pattern).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(path);
            if (ShardName.NumberOf(name) is not { } number || !_shards.ContainsKey(number))
            {
                Strangers.Add(name);
                Actions.Add($"{name} is not in the ledger: it is moved to {RepairFiles.FolderName}/");
            }
        }

        long next = 0;
        foreach (StoredSample sample in ledger.Samples())
        {
            stopping.ThrowIfCancellationRequested();
            FirstSequence = next == 0 ? sample.Sequence : FirstSequence;
            HasGaps |= next != 0 && sample.Sequence != next;
            next = sample.Sequence + 1;
            Samples++;
            if (_rows.Count > 0 && _rows[0].Shard != sample.Shard)
            {
                Close();
            }

            _rows.Add(sample);
        }

        Close();
        foreach (ShardRow empty in _shards.Values.Where(shard => shard is { IsDeleted: false, Bytes: > 0 }))
        {
            Judge(empty, []); // the ledger has bytes in it, but no sample
        }

        if (HasGaps)
        {
            Actions.Add("the ledger's sequences have gaps: they are closed, and the stream gets a new id");
        }
    }

    private void Close()
    {
        if (_rows.Count > 0)
        {
            _shards.Remove(_rows[0].Shard, out ShardRow shard);
            Judge(shard, [.. _rows]);
            _rows.Clear();
        }
    }

    private void Judge(ShardRow shard, StoredSample[] rows)
    {
        string name = ShardName.Of(shard.Number);
        long? found = DiskFiles.Instance.LengthBytes(ShardName.PathOf(directory, shard.Number));
        LostSample[] lost = [.. rows.Select(Check).OfType<LostSample>()];
        bool isWhole = found == shard.FileBytes || (!shard.IsSealed && found > shard.FileBytes);
        if (lost.Length == 0 && isWhole && LiesInOrder(shard, rows) && EndsRight(shard))
        {
            return;
        }

        HashSet<long> gone = [.. lost.Select(one => one.Sample.Sequence)];
        Copies.Add(new(shard.Number, shard.IsSealed, [.. rows.Where(row => !gone.Contains(row.Sequence))]));
        Lost.AddRange(lost);
        string state = found is null ? "is missing" : $"has {found} bytes, {shard.FileBytes} are in the ledger";
        string rest = Copies[^1].Kept.Count == 0
            ? "none of its samples is left"
            : $"{Copies[^1].Kept.Count} samples are copied to a new {name}";
        string away = found is null ? "" : $"; the old file is moved to {RepairFiles.FolderName}/";
        Actions.Add($"{name} {state}, and {lost.Length} of {rows.Length} samples are lost: {rest}{away}");
    }

    private LostSample? Check(StoredSample row)
    {
        try
        {
            _reader.Verify(row);
            return null;
        }
        catch (StoreDamagedException damaged)
        {
            return new LostSample(row, damaged.Message);
        }
    }

    private static bool LiesInOrder(ShardRow shard, StoredSample[] rows)
    {
        long end = 0;
        foreach (StoredSample row in rows)
        {
            if (row.Offset != end)
            {
                return false;
            }

            end += row.Length;
        }

        return end == shard.Bytes;
    }

    private bool EndsRight(ShardRow shard)
    {
        if (!shard.IsSealed)
        {
            return true;
        }

        Span<byte> end = stackalloc byte[SampleTar.TrailerBytes];
        using FileStream file = File.OpenRead(ShardName.PathOf(directory, shard.Number));
        file.Position = shard.Bytes;
        file.ReadExactly(end);
        return !end.ContainsAnyExcept((byte)0);
    }
}
