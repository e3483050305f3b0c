using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>The ledger's one writer connection. Guarded by the store's write gate.</summary>
/// <remarks>WAL and synchronous=FULL: when a commit returns it is on the disk, and no reader sees it before.</remarks>
internal sealed partial class Ledger : IDisposable
{
    public const string FileName = "ledger.db";

    private const int NoTransaction = 1; // SQLITE_ERROR, "cannot rollback - no transaction is active"

    private readonly SqliteConnection _ledger;
    private readonly LedgerStatement _begin;
    private readonly LedgerStatement _commit;
    private readonly LedgerStatement _rollBack;

    private Ledger(SqliteConnection ledger)
    {
        _ledger = ledger;
        _begin = new(ledger, "BEGIN IMMEDIATE");
        _commit = new(ledger, "COMMIT");
        _rollBack = new(ledger, "ROLLBACK");
    }

    /// <summary>Opens the ledger, making it where there is none.</summary>
    /// <exception cref="StoreException">It is not a ledger, or of a newer version, or cannot be read.</exception>
    public static Ledger Open(string directory)
    {
        string path = Path.Combine(directory, FileName);
        SqliteConnection ledger = Connect(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            int version = LedgerSchema.VersionOf(ledger, path); // first: somebody else's file is not to be changed
            LedgerSchema.Run(ledger, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            if (version == 0)
            {
                LedgerSchema.Make(ledger);
            }
            else if (version < LedgerSchema.Version)
            {
                LedgerSchema.Upgrade(ledger, version);
            }

            return new Ledger(ledger);
        }
        catch (SqliteException broken)
        {
            ledger.Dispose();
            throw new StoreException($"{path} cannot be used as a ledger: {broken.Message}", broken);
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that only reads; it sees what is committed and never blocks the writer.</summary>
    public static SqliteConnection OpenToRead(string directory) =>
        Connect(Path.Combine(directory, FileName), SqliteOpenMode.ReadOnly);

    /// <summary>Names the store's stream of samples: 32 hex digits, drawn when the ledger was made.</summary>
    public string StreamId() => StreamId(_ledger);

    /// <summary>The same, on any connection.</summary>
    public static string StreamId(SqliteConnection ledger)
    {
        using LedgerStatement query = new(ledger, "SELECT value FROM meta WHERE name = 'stream_id'");
        return (string)query.Scalar()!;
    }

    /// <summary>The newest sample's sequence; 0 when there is none.</summary>
    public long LastSequence()
    {
        using LedgerStatement query = new(_ledger, "SELECT COALESCE(MAX(sequence), 0) FROM sample");
        return Convert.ToInt64(query.Scalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Every shard, by number.</summary>
    public IReadOnlyList<ShardRow> Shards() => Shards(_ledger);

    /// <summary>Every shard, by number, on any connection.</summary>
    public static IReadOnlyList<ShardRow> Shards(SqliteConnection ledger)
    {
        using LedgerStatement query = new(
            ledger, "SELECT number, bytes, sealed, sealed_at, deleted FROM shard ORDER BY number");
        using SqliteDataReader rows = query.Read();
        List<ShardRow> shards = [];
        while (rows.Read())
        {
            long? sealedAt = rows.IsDBNull(3) ? null : rows.GetInt64(3);
            shards.Add(new(
                rows.GetInt32(0), rows.GetInt64(1), rows.GetInt64(2) != 0, sealedAt, rows.GetInt64(4) != 0));
        }

        return shards;
    }

    /// <summary>Runs a statement outside any transaction.</summary>
    public void Run(string sql) => LedgerSchema.Run(_ledger, sql);

    public void Dispose()
    {
        foreach (LedgerStatement statement in (LedgerStatement[])
            [_begin, _commit, _rollBack, .. AppendStatements(), .. PromptStatements(), .. CursorStatements()])
        {
            statement.Dispose();
        }

        _ledger.Dispose();
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        SQLitePCL.Batteries_V2.Init();
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            ForeignKeys = true,
            Pooling = false, // a pooled connection would keep the file open after the store is closed
        }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException broken)
        {
            connection.Dispose();
            throw new StoreException($"{path} cannot be opened: {broken.Message}", broken);
        }
    }

    private void InTransaction(Action work)
    {
        _begin.Run();
        try
        {
            work();
            _commit.Run();
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    // SQLite undoes some failed transactions by itself; that there is none left is then what we want.
    private void RollBack()
    {
        try
        {
            _rollBack.Run();
        }
        catch (SqliteException none) when (none.SqliteErrorCode == NoTransaction)
        {
        }
    }
}
