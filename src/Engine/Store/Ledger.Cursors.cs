using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>The consumer groups: their cursors, their orders and the boundaries of these.</summary>
internal sealed partial class Ledger
{
    private LedgerStatement? _leaveOthers;
    private LedgerStatement? _setOrder;
    private LedgerStatement? _leaveOrder;
    private LedgerStatement? _setCursor;
    private LedgerStatement? _removeGroup;
    private LedgerStatement? _addBoundary;

    /// <summary>Sets cursors in one transaction, forward or back; those of a group's other worlds and orders are
    /// forgotten.</summary>
    public void SetCursors(IReadOnlyList<GroupCursor> cursors)
    {
        _leaveOthers ??= new(
            _ledger,
            """
            DELETE FROM cursor WHERE name = $name AND (
                world <> $world
                OR COALESCE((SELECT shuffle_window FROM consumer WHERE name = $name), 0) <> $window
                OR COALESCE((SELECT shuffle_seed FROM consumer WHERE name = $name), 0) <> $seed)
            """,
            "$name",
            "$world",
            "$window",
            "$seed");
        _setCursor ??= new(
            _ledger,
            """
            INSERT INTO cursor (name, rank, world, sequence) VALUES ($name, $rank, $world, $position)
            ON CONFLICT (name, rank) DO UPDATE SET sequence = excluded.sequence
            """,
            "$name",
            "$rank",
            "$world",
            "$position");
        InTransaction(() =>
        {
            foreach (GroupCursor cursor in cursors)
            {
                _leaveOthers.Run(cursor.Group, cursor.World, cursor.ShuffleWindow, cursor.ShuffleSeed);
                SetOrder(cursor);
                _setCursor.Run(cursor.Group, cursor.Rank, cursor.World, cursor.Position);
            }
        });
    }

    /// <summary>Every cursor, by group and rank.</summary>
    public static IReadOnlyList<GroupCursor> Cursors(SqliteConnection ledger)
    {
        using LedgerStatement query = new(
            ledger,
            """
            SELECT name, rank, world, sequence, COALESCE(shuffle_window, 0), COALESCE(shuffle_seed, 0)
            FROM cursor LEFT JOIN consumer USING (name) ORDER BY name, rank
            """);
        using SqliteDataReader rows = query.Read();
        List<GroupCursor> cursors = [];
        while (rows.Read())
        {
            cursors.Add(new(
                rows.GetString(0), rows.GetInt32(1), rows.GetInt32(2), rows.GetInt64(3), rows.GetInt32(4),
                rows.GetInt64(5)));
        }

        return cursors;
    }

    /// <summary>Forgets a group: its cursors and its order.</summary>
    /// <returns>How many cursors it had.</returns>
    public int RemoveGroup(string group)
    {
        _removeGroup ??= new(_ledger, "DELETE FROM cursor WHERE name = $name", "$name");
        int removed = 0;
        InTransaction(() =>
        {
            removed = _removeGroup.Run(group);
            SetOrder(new GroupCursor(group, 0, 1, 0));
        });
        return removed;
    }

    /// <summary>Adds a boundary; one that is there stays.</summary>
    /// <returns>How many were new.</returns>
    public int AddBoundary(long sequence)
    {
        _addBoundary ??= new(_ledger, "INSERT OR IGNORE INTO boundary (sequence) VALUES ($sequence)", "$sequence");
        int added = 0;
        InTransaction(() => added = _addBoundary.Run(sequence));
        return added;
    }

    /// <summary>Every boundary, ascending.</summary>
    public static IReadOnlyList<long> Boundaries(SqliteConnection ledger)
    {
        using LedgerStatement query = new(ledger, "SELECT sequence FROM boundary ORDER BY sequence");
        using SqliteDataReader rows = query.Read();
        List<long> boundaries = [];
        while (rows.Read())
        {
            boundaries.Add(rows.GetInt64(0));
        }

        return boundaries;
    }

    // A group in the order of sequences has no row, as before there were orders.
    private void SetOrder(GroupCursor cursor)
    {
        _setOrder ??= new(
            _ledger,
            """
            INSERT INTO consumer (name, shuffle_window, shuffle_seed) VALUES ($name, $window, $seed)
            ON CONFLICT (name) DO UPDATE SET shuffle_window = excluded.shuffle_window,
                shuffle_seed = excluded.shuffle_seed
            """,
            "$name",
            "$window",
            "$seed");
        _leaveOrder ??= new(_ledger, "DELETE FROM consumer WHERE name = $name", "$name");
        if (cursor.ShuffleWindow > 0)
        {
            _setOrder.Run(cursor.Group, cursor.ShuffleWindow, cursor.ShuffleSeed);
        }
        else
        {
            _leaveOrder.Run(cursor.Group);
        }
    }

    private IEnumerable<LedgerStatement> CursorStatements() =>
        ((LedgerStatement?[])[_leaveOthers, _setOrder, _leaveOrder, _setCursor, _removeGroup, _addBoundary])
            .OfType<LedgerStatement>();
}
