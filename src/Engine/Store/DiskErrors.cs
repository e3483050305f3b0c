using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>Tells a full disk, which passes, from a broken one.</summary>
internal static class DiskErrors
{
    private const int NoSpaceLeft = 28; // ENOSPC
    private const int QuotaExceeded = 122; // EDQUOT
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int LedgerFull = 13; // SQLITE_FULL: SQLite undoes the transaction itself

    public static bool IsFull(Exception error) => error switch
    {
        SqliteException ledger => ledger.SqliteErrorCode == LedgerFull,
        IOException disk => disk.HResult is NoSpaceLeft or QuotaExceeded or WindowsDiskFull,
        _ => false,
    };
}
