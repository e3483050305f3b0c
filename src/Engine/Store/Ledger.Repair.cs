using Engine.Items;

namespace Engine.Store;

/// <summary>What only a repair does to a ledger.</summary>
internal sealed partial class Ledger
{
    private const string PendingName = "repair_pending";

    /// <summary>The files a repair still has to move, as it noted them; null when none is under way.</summary>
    public string? PendingRepair()
    {
        using LedgerStatement query = new(_ledger, $"SELECT value FROM meta WHERE name = '{PendingName}'");
        return (string?)query.Scalar();
    }

    /// <summary>Notes the files that are to be moved, or that none is left.</summary>
    public void SetPendingRepair(string? files)
    {
        using LedgerStatement set = files is null
            ? new(_ledger, $"DELETE FROM meta WHERE name = '{PendingName}'")
            : new(
                _ledger,
                $"INSERT INTO meta (name, value) VALUES ('{PendingName}', $files) "
                + "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                "$files");
        set.Run(files is null ? [] : [files]);
    }

    /// <summary>Runs several of these as one transaction.</summary>
    public void Together(Action work) => InTransaction(work);

    /// <summary>Every sample, by sequence.</summary>
    public IEnumerable<StoredSample> Samples()
    {
        using LedgerStatement query = new(
            _ledger,
            "SELECT sequence, key, category, shard, offset, length, crc32c FROM sample ORDER BY sequence");
        using Microsoft.Data.Sqlite.SqliteDataReader rows = query.Read();
        while (rows.Read())
        {
            yield return new(
                rows.GetInt64(0),
                rows.GetString(1),
                rows.GetString(2),
                rows.GetInt32(3),
                rows.GetInt64(4),
                rows.GetInt32(5),
                (uint)rows.GetInt64(6));
        }
    }

    /// <summary>Forgets a sample and how its try ended, so that the try is made again.</summary>
    public void Lose(in StoredSample lost)
    {
        using LedgerStatement ended = new(
            _ledger,
            """
            DELETE FROM ended WHERE (prompt_id, attempt) IN
                (SELECT prompt_id, attempt FROM sample WHERE sequence = $at)
            """,
            "$at");
        using LedgerStatement row = new(_ledger, "DELETE FROM sample WHERE sequence = $at", "$at");
        using LedgerStatement count = new(
            _ledger,
            $"UPDATE tally SET items = items - 1 WHERE category = $category AND reason = '{AcceptedTally}'",
            "$category");
        ended.Run(lost.Sequence);
        row.Run(lost.Sequence);
        count.Run(lost.Category);
        Run("DELETE FROM tally WHERE items = 0");
    }

    /// <summary>Adds shards as they are, to a new ledger.</summary>
    public void AddShards(IEnumerable<ShardRow> shards)
    {
        using LedgerStatement add = new(
            _ledger,
            """
            INSERT INTO shard (number, bytes, sealed, sealed_at, deleted)
            VALUES ($number, $bytes, $sealed, $at, $deleted)
            """,
            "$number",
            "$bytes",
            "$sealed",
            "$at",
            "$deleted");
        InTransaction(() =>
        {
            foreach (ShardRow one in shards)
            {
                add.Run(one.Number, one.Bytes, one.IsSealed ? 1 : 0, one.SealedAt, one.IsDeleted ? 1 : 0);
            }
        });
    }

    /// <summary>Says where a sample lies now.</summary>
    public void Move(long sequence, long offset)
    {
        using LedgerStatement move = new(
            _ledger, "UPDATE sample SET offset = $offset WHERE sequence = $at", "$offset", "$at");
        move.Run(offset, sequence);
    }

    /// <summary>Says how long a shard is now, or that none of its samples is left.</summary>
    public void SetShard(int number, long bytes, bool isDeleted)
    {
        using LedgerStatement set = new(
            _ledger,
            "UPDATE shard SET bytes = $bytes, deleted = $deleted WHERE number = $number",
            "$bytes",
            "$deleted",
            "$number");
        set.Run(bytes, isDeleted ? 1 : 0, number);
    }

    /// <summary>Closes the gaps between sequences, from the first one on, and begins a new stream: a cursor of the
    /// old one would now mean other samples. The groups' own cursors are moved along.</summary>
    /// <param name="first">The old stream's first sequence kept.</param>
    /// <remarks>
    /// A group goes on after the lowest cursor of its ranks, so that it misses nothing; what faster ranks had comes
    /// again. The order of a shuffled group cannot be carried over: it starts at the first sample.
    /// </remarks>
    public void Renumber(long first)
    {
        Dictionary<string, long> floors = Cursors(_ledger)
            .GroupBy(cursor => cursor.Group)
            .ToDictionary(group => group.Key, group => group.Count() < group.First().World
                ? 0
                : group.Min(cursor => cursor.Position));
        foreach (string shuffled in ShuffledGroups())
        {
            floors[shuffled] = 0;
        }

        Dictionary<string, long> moved = floors.ToDictionary(floor => floor.Key, _ => first - 1);
        using LedgerStatement renumber = new(
            _ledger, "UPDATE sample SET sequence = $new WHERE sequence = $old", "$new", "$old");
        long next = first;
        foreach (long old in Samples().Select(sample => sample.Sequence).ToArray())
        {
            foreach ((string group, long floor) in floors)
            {
                moved[group] = old <= floor ? next : moved[group];
            }

            if (old != next)
            {
                renumber.Run(next, old); // upwards, and never above the old one: the place is free
            }

            next++;
        }

        using LedgerStatement set = new(
            _ledger, "UPDATE cursor SET sequence = $at WHERE name = $group", "$at", "$group");
        foreach ((string group, long at) in moved)
        {
            set.Run(at, group);
        }

        Run("DELETE FROM boundary");
        Run($"UPDATE meta SET value = '{Guid.NewGuid():N}' WHERE name = 'stream_id'");
    }

    private List<string> ShuffledGroups()
    {
        using LedgerStatement query = new(_ledger, "SELECT name FROM consumer WHERE shuffle_window > 0");
        using Microsoft.Data.Sqlite.SqliteDataReader rows = query.Read();
        List<string> names = [];
        while (rows.Read())
        {
            names.Add(rows.GetString(0));
        }

        return names;
    }
}
