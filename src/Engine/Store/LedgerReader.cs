using Engine.Items;
using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>Reads the list of samples on its own connection, while the writer appends.</summary>
internal sealed class LedgerReader : IDisposable
{
    // Sequences have no gaps, so a rank's own are a progression: one look-up by primary key a sample, where
    // a range scan with "sequence % world = rank" would read the other ranks' rows only to throw them away.
    private const string Progression = """
        WITH RECURSIVE wanted (n) AS (
            SELECT $first WHERE $first <= $last
            UNION ALL SELECT n + $world FROM wanted WHERE n + $world <= $last)
        SELECT sequence, key, category, shard, offset, length, crc32c
        FROM wanted CROSS JOIN sample ON sample.sequence = wanted.n ORDER BY wanted.n
        """;

    // Guards the connection and the statement: neither may be used by two threads at once.
    private readonly Lock _gate = new();
    private readonly SqliteConnection _ledger;
    private readonly LedgerStatement _list;
    private readonly LedgerStatement _find;
    private readonly Dictionary<string, string> _categories = new(StringComparer.Ordinal);

    public LedgerReader(string directory)
    {
        _ledger = Ledger.OpenToRead(directory);
        _list = new(_ledger, Progression, "$first", "$last", "$world");
        _find = new(
            _ledger,
            """
            SELECT sequence, key, category, shard, offset, length, crc32c FROM sample WHERE sequence = $sequence
            """,
            "$sequence");
    }

    /// <summary>Lists first, first + world, ... up to last.</summary>
    public IReadOnlyList<StoredSample> List(long first, long last, int world)
    {
        lock (_gate)
        {
            List<StoredSample> samples = [];
            using SqliteDataReader rows = _list.Read(first, last, world);
            while (rows.Read())
            {
                samples.Add(Stored(rows));
            }

            return samples;
        }
    }

    /// <summary>Looks one sample up; null when there is none.</summary>
    public StoredSample? Find(long sequence)
    {
        lock (_gate)
        {
            using SqliteDataReader rows = _find.Read(sequence);
            return rows.Read() ? Stored(rows) : null;
        }
    }

    /// <summary>The sequence of a key's sample; null where none was accepted.</summary>
    public long? SequenceOf(string key)
    {
        lock (_gate)
        {
            using LedgerStatement find = new(_ledger, "SELECT sequence FROM sample WHERE key = $key", "$key");
            return find.Scalar(key) is long sequence ? sequence : null;
        }
    }

    /// <summary>How a try ended; null where it did not.</summary>
    public EndedTry? Ended(string promptId, int attempt)
    {
        lock (_gate)
        {
            using LedgerStatement find = new(
                _ledger,
                "SELECT category, stage, reason, detail FROM ended WHERE prompt_id = $id AND attempt = $attempt",
                "$id", "$attempt");
            using SqliteDataReader row = find.Read(promptId, attempt);
            return row.Read()
                ? new EndedTry(row.GetString(0), Text(row, 1), Text(row, 2), Text(row, 3))
                : null;
        }

        static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
    }

    /// <summary>Reads something else on the same connection.</summary>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        lock (_gate)
        {
            return query(_ledger);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _list.Dispose();
            _find.Dispose();
            _ledger.Dispose();
        }
    }

    private StoredSample Stored(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        Shared(row.GetString(2)),
        row.GetInt32(3),
        row.GetInt64(4),
        row.GetInt32(5),
        (uint)row.GetInt64(6));

    // A million samples have a thousand categories: callers keep lists, so let them share the names.
    private string Shared(string category)
    {
        if (_categories.TryGetValue(category, out string? known))
        {
            return known;
        }

        _categories.Add(category, category);
        return category;
    }
}
