using System.Globalization;
using Engine.Disk;
using Engine.Items;

namespace Engine.Store.Repair;

/// <summary>Makes a new ledger of the shards, where the old one is lost.</summary>
/// <remarks>
/// What comes back: every whole sample, its category and that its try ended. What does not: rejections, prompts added
/// at run time, consumer groups. The stream gets a new id. Steps: (1) the new ledger is made in <c>damaged/</c>, with
/// the note of the files to move; (2) what is left of the old one moves away and the new one takes its place; (3) the
/// note is carried out. A stop before (2) ends leaves the store without a ledger, and the next run begins anew.
/// </remarks>
internal sealed class LedgerRebuild(string directory, RepairFiles files, TimeProvider clock)
{
    private readonly string _making = Path.Combine(files.Folder, "rebuilding");
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<string> _actions = [];
    private readonly List<string> _doubles = [];
    private readonly List<ShardCopy> _copies = [];
    private readonly List<string> _strangers = [];
    private readonly SortedDictionary<int, ShardRow> _shards = [];
    private readonly List<StoredSample> _samples = [];

    /// <summary>Surveys the shards, and makes the ledger where that is asked for.</summary>
    public RepairResult Run(string why, bool apply, CancellationToken stopping)
    {
        _actions.Add(
            $"{Ledger.FileName} {why}: a new one is made of the shards, with a new stream id; rejections, prompts "
            + "added at run time and consumer groups are lost with the old one");
        Survey(stopping);
        string? report = apply ? Apply() : null;
        return new()
        {
            Actions = _actions, LostSamples = _doubles.Count, KeptSamples = _samples.Count, ReportPath = report,
        };
    }

    private void Survey(CancellationToken stopping)
    {
        SortedDictionary<int, string> found = [];
        foreach (string path in Directory.EnumerateFiles(directory, ShardName.Pattern).Order(StringComparer.Ordinal))
        {
            if (ShardName.NumberOf(Path.GetFileName(path)) is { } number)
            {
                found.Add(number, path);
            }
            else
            {
                _strangers.Add(Path.GetFileName(path));
                _actions.Add($"{_strangers[^1]} is not a shard's name: it is moved to {RepairFiles.FolderName}/");
            }
        }

        int count = found.Count == 0 ? 0 : found.Keys.Last() + 1;
        for (int number = 0; number < count; number++)
        {
            if (found.TryGetValue(number, out string? path))
            {
                Take(number, path, isLast: number == count - 1, stopping);
            }
            else
            {
                _shards.Add(number, new(number, Bytes: 0, IsSealed: true, IsDeleted: true));
                _actions.Add($"{ShardName.Of(number)} is not there: it counts as deleted");
            }
        }
    }

    private void Take(int number, string path, bool isLast, CancellationToken stopping)
    {
        using ShardScan scan = new(path, number);
        scan.Run(stopping);
        StoredSample[] kept = [.. scan.Samples.Where(sample => _keys.Add(sample.Key))];
        _doubles.AddRange(scan.Samples
            .ExceptBy(kept.Select(sample => sample.Offset), sample => sample.Offset)
            .Select(twice => new LostSample(twice, "its key is in an earlier place too").ToString()));
        bool isOpen = isLast && !scan.IsSealed;
        bool isSound = scan.IsDense && kept.Length == scan.Samples.Count
            && (isOpen ? scan.TailBytes == 0 : scan.IsSealed);
        if (!isSound)
        {
            ShardCopy copy = new(number, IsSealed: !isOpen, kept);
            _copies.Add(copy);
            _actions.Add(
                $"{Path.GetFileName(path)} is not samples from end to end: {kept.Length} samples are copied to a new "
                + $"one, the old file is moved to {RepairFiles.FolderName}/");
            kept = Placed(kept);
        }

        _shards.Add(number, new(
            number, kept.Sum(sample => (long)sample.Length), !isOpen, isOpen ? null : Now, kept.Length == 0));
        _samples.AddRange(kept);
    }

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    private static StoredSample[] Placed(StoredSample[] kept)
    {
        StoredSample[] placed = new StoredSample[kept.Length];
        long end = 0;
        for (int i = 0; i < kept.Length; i++)
        {
            placed[i] = kept[i] with { Offset = end };
            end += kept[i].Length;
        }

        return placed;
    }

    private string Apply()
    {
        files.MakeFolder();
        files.Write(_copies);
        string report = files.WriteReport(Now, [.. _actions, .. _doubles]);
        MakeLedger(); // (1)
        foreach (string ending in (string[])["", "-wal", "-shm"])
        {
            files.MoveAway(Ledger.FileName + ending); // (2)
        }

        File.Move(Path.Combine(_making, Ledger.FileName), Path.Combine(directory, Ledger.FileName));
        Directory.Delete(_making);
        Durable.FlushDirectory(directory);
        using Ledger ledger = Ledger.Open(directory);
        files.Swap(ledger.PendingRepair()!); // (3)
        ledger.SetPendingRepair(null);
        return report;
    }

    private void MakeLedger()
    {
        if (Directory.Exists(_making))
        {
            Directory.Delete(_making, recursive: true); // an unfinished one of ours
        }

        Directory.CreateDirectory(_making);
        using Ledger ledger = Ledger.Open(_making);
        ledger.AddShards(_shards.Values);
        long sequence = 0;
        foreach (StoredSample[] batch in _samples.Chunk(4096))
        {
            ledger.Append([.. batch.Select(sample => (Bare(sample), sample with { Sequence = ++sequence }))], []);
        }

        ledger.SetPendingRepair(RepairFiles.Pending(_copies, _strangers));
    }

    // The ledger asks for the try only.
    private static Sample Bare(in StoredSample stored)
    {
        int dash = stored.Key.LastIndexOf('-');
        return new()
        {
            Key = stored.Key,
            Category = stored.Category,
            PromptId = stored.Key[..dash],
            Attempt = int.Parse(stored.Key.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture),
            Image = default,
            ImageExtension = "png",
            MaskPng = default,
            Json = default,
        };
    }
}
