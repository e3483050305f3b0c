using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>The ledger's tables and their version. Every statement is part of docs/spec/store.md.</summary>
internal static class LedgerSchema
{
    /// <summary>The version this software reads and writes; an older one is brought up to it by the writer.</summary>
    public const int Version = 2;

    /// <summary>SQLite's application_id, "HWTR" in ASCII: tells the ledger from any other SQLite file.</summary>
    public const int ApplicationId = 0x48575452;

    private const string Tables = """
        CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE shard (
            number INTEGER PRIMARY KEY,
            bytes INTEGER NOT NULL,
            sealed INTEGER NOT NULL,
            sealed_at INTEGER,
            deleted INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE sample (
            sequence INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            shard INTEGER NOT NULL REFERENCES shard (number),
            offset INTEGER NOT NULL,
            length INTEGER NOT NULL,
            crc32c INTEGER NOT NULL,
            category TEXT NOT NULL,
            prompt_id TEXT NOT NULL,
            attempt INTEGER NOT NULL);
        CREATE TABLE ended (
            prompt_id TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            category TEXT NOT NULL,
            stage TEXT,
            reason TEXT,
            detail TEXT,
            PRIMARY KEY (prompt_id, attempt)) WITHOUT ROWID;
        CREATE TABLE tally (
            category TEXT NOT NULL,
            reason TEXT NOT NULL,
            items INTEGER NOT NULL,
            PRIMARY KEY (category, reason)) WITHOUT ROWID;
        CREATE TABLE prompt (
            ordinal INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            category TEXT NOT NULL,
            text TEXT NOT NULL,
            seed INTEGER);
        CREATE TABLE cursor (
            name TEXT NOT NULL,
            rank INTEGER NOT NULL,
            world INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (name, rank)) WITHOUT ROWID;
        CREATE TABLE consumer (
            name TEXT PRIMARY KEY,
            shuffle_window INTEGER NOT NULL,
            shuffle_seed INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE boundary (sequence INTEGER PRIMARY KEY);
        """;

    /// <summary>What brings schema n to n + 1, from n = 1 on.</summary>
    private static readonly string[] Steps =
    [
        """
        ALTER TABLE shard ADD COLUMN sealed_at INTEGER;
        ALTER TABLE shard ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE consumer (
            name TEXT PRIMARY KEY,
            shuffle_window INTEGER NOT NULL,
            shuffle_seed INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE boundary (sequence INTEGER PRIMARY KEY);
        """,
    ];

    /// <summary>Checks that a ledger is ours and not too new, without writing to it.</summary>
    /// <returns>Its schema; 0 when it is empty and its tables are still to be made.</returns>
    /// <exception cref="StoreException">Another program's file, or one of a newer version.</exception>
    public static int VersionOf(SqliteConnection ledger, string path)
    {
        long application = Number(ledger, "PRAGMA application_id");
        long version = Number(ledger, "PRAGMA user_version");
        if (application == 0 && version == 0 && Number(ledger, "SELECT COUNT(*) FROM sqlite_master") == 0)
        {
            return 0;
        }

        if (application != ApplicationId)
        {
            throw new StoreException(
                $"{path} is not a Headwater ledger: its application id is {application:x8}, not {ApplicationId:x8}.");
        }

        return version is >= 1 and <= Version
            ? (int)version
            : throw new StoreException(
                $"{path} has schema {version}; this version of the software reads schema 1 to {Version} only.");
    }

    /// <summary>Brings an older ledger up to <see cref="Version"/> in one transaction: a stop leaves it as it was.
    /// </summary>
    /// <param name="ledger">The writer's connection.</param>
    /// <param name="version">What <see cref="VersionOf"/> gave, from 1.</param>
    public static void Upgrade(SqliteConnection ledger, int version)
    {
        string steps = string.Join('\n', Steps[(version - 1)..]);
        Run(ledger, $"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {Version}; COMMIT;");
    }

    /// <summary>Makes tables, stream id and version in one transaction: a stop leaves none of them.</summary>
    public static void Make(SqliteConnection ledger)
    {
        string streamId = Guid.NewGuid().ToString("N");
        Run(
            ledger,
            $"""
            BEGIN IMMEDIATE;
            {Tables}
            INSERT INTO meta (name, value) VALUES ('stream_id', '{streamId}');
            PRAGMA application_id = {ApplicationId};
            PRAGMA user_version = {Version};
            COMMIT;
            """);
    }

    /// <summary>Runs statements that give nothing back.</summary>
    public static void Run(SqliteConnection ledger, string sql)
    {
        using SqliteCommand command = ledger.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query of one number.</summary>
    public static long Number(SqliteConnection ledger, string sql)
    {
        using SqliteCommand command = ledger.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
