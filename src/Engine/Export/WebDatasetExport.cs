using System.Text.Json;
using Engine.Disk;
using Engine.Items;
using Engine.Store;
using Kernels.Numbers;

namespace Engine.Export;

/// <summary>Writes a store as WebDataset shards of a chosen size: <c>train-000000.tar</c>, <c>val-000000.tar</c>, ...
/// </summary>
/// <remarks>
/// Samples go out in blocks of 65,536 sequences, which bounds memory: (1) the block's samples are chosen and, where a
/// seed is given, shuffled; (2) their shards are written under other names and flushed; (3) they get their names and
/// the folder is flushed; (4) one line in the log ends the block. A run that is stopped begins its block anew, to the
/// same names. A block's last shard of each part may be short.
/// </remarks>
/// <param name="store">What is exported; owned by the caller.</param>
/// <param name="folder">Where to; made when absent.</param>
/// <param name="options">How.</param>
public sealed class WebDatasetExport(StoreView store, string folder, WebDatasetOptions options)
{
    internal const int BlockSamples = 65_536;

    private readonly ExportSplit _split = new(options.ValPercent);
    private readonly HashSet<string> _categories = new(options.Categories, StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Shards by part, after a run.</summary>
    public IReadOnlyDictionary<string, int> Shards => _counts;

    /// <summary>Exports what is new since the last run.</summary>
    /// <param name="progress">Told the last sequence of each block; may be null.</param>
    /// <param name="stopping">Ends the run between two samples; the block under way is begun anew next time.</param>
    /// <returns>Samples written by this run.</returns>
    /// <exception cref="ExportException">The folder holds another export, or one with other options.</exception>
    /// <exception cref="StoreException">A sample is damaged, or the ledger cannot be read.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public long Run(Action<long>? progress, CancellationToken stopping)
    {
        Directory.CreateDirectory(folder);
        using ExportLog log = ExportLog.Open(Path.Combine(folder, "export.jsonl"), store.StreamId, options.Format);
        foreach (string part in (string[])[ExportSplit.Train, ExportSplit.Val])
        {
            _counts[part] = 0;
        }

        foreach (JsonElement block in log.Samples())
        {
            foreach (string part in _counts.Keys.ToArray())
            {
                _counts[part] = block.GetProperty(part).GetInt32();
            }
        }

        RemoveUnfinished();
        (long last, long added) = (store.LastSequence(), 0);
        for (long after = log.LastSequence; after < last;)
        {
            long end = Math.Min(last, Math.Max(after, store.FirstSequence() - 1) + BlockSamples);
            added += Block(after, end, stopping);
            log.Add(end, line => // (4)
            {
                foreach ((string part, int count) in _counts)
                {
                    line.WriteNumber(part, count);
                }
            });
            log.Flush();
            progress?.Invoke(end);
            after = end;
        }

        return added;
    }

    private long Block(long after, long end, CancellationToken stopping)
    {
        StoredSample[] chosen = // (1)
        [
            .. store.List(after, end).Where(sample => _categories.Count == 0 || _categories.Contains(sample.Category)),
        ];
        if (options.ShuffleSeed is { } seed)
        {
            Shuffle(chosen, seed, after);
        }

        Dictionary<string, WebDatasetShards> parts = _counts.ToDictionary(
            part => part.Key,
            part => new WebDatasetShards(store, folder, part.Key, part.Value, options.ShardBytesMax));
        try
        {
            long added = 0;
            foreach (StoredSample sample in chosen) // (2)
            {
                stopping.ThrowIfCancellationRequested();
                added += parts[_split.Of(sample.Key)].Add(sample) ? 1 : 0;
            }

            foreach ((string name, WebDatasetShards shards) in parts) // (3)
            {
                shards.Publish();
                _counts[name] = shards.Count;
            }

            Durable.FlushDirectory(folder);
            return added;
        }
        finally
        {
            foreach (WebDatasetShards shards in parts.Values)
            {
                shards.Dispose();
            }
        }
    }

    // Fisher and Yates, with SplitMix64: the same seed and block give the same order in every version.
    private static void Shuffle(StoredSample[] samples, ulong seed, long after)
    {
        SplitMix64 random = new(seed ^ ((ulong)after * 0xD1B54A32D192ED03UL));
        for (int i = samples.Length - 1; i > 0; i--)
        {
            int other = (int)(random.Next() % (ulong)(i + 1));
            (samples[i], samples[other]) = (samples[other], samples[i]);
        }
    }

    // What a stopped run left beyond the log: the block under way writes the same names again, maybe fewer of them.
    private void RemoveUnfinished()
    {
        foreach ((string part, int count) in _counts)
        {
            for (int number = count; ; number++)
            {
                string path = Path.Combine(folder, WebDatasetShards.NameOf(part, number));
                if (!File.Exists(path) && !File.Exists(path + ".part"))
                {
                    break;
                }

                File.Delete(path);
                File.Delete(path + ".part");
            }
        }
    }
}
