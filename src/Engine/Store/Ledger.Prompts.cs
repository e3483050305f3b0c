using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>Prompts added at run time, and the consumer groups' cursors.</summary>
internal sealed partial class Ledger
{
    private LedgerStatement? _addPrompt;
    private LedgerStatement? _leaveWorlds;
    private LedgerStatement? _setCursor;
    private LedgerStatement? _removeGroup;

    /// <summary>Adds prompts in one transaction; one whose id is known is left as it is.</summary>
    /// <returns>How many were new.</returns>
    public int AddPrompts(IReadOnlyList<PromptRow> prompts)
    {
        _addPrompt ??= new(
            _ledger,
            "INSERT OR IGNORE INTO prompt (id, category, text, seed) VALUES ($id, $category, $text, $seed)",
            "$id",
            "$category",
            "$text",
            "$seed");
        int added = 0;
        InTransaction(() =>
        {
            foreach (PromptRow prompt in prompts)
            {
                // SQLite's integers are signed: the same 64 bits, so seeds from 2^63 on look negative in the file.
                long? seed = prompt.Seed is { } unsigned ? unchecked((long)unsigned) : null;
                added += _addPrompt.Run(prompt.Id, prompt.Category, prompt.Text, seed);
            }
        });
        return added;
    }

    /// <summary>All prompts added, in the order in which they came.</summary>
    public static IReadOnlyList<PromptRow> Prompts(SqliteConnection ledger)
    {
        using LedgerStatement query = new(ledger, "SELECT id, category, text, seed FROM prompt ORDER BY ordinal");
        using SqliteDataReader rows = query.Read();
        List<PromptRow> prompts = [];
        while (rows.Read())
        {
            ulong? seed = rows.IsDBNull(3) ? null : unchecked((ulong)rows.GetInt64(3));
            prompts.Add(new(rows.GetString(0), rows.GetString(1), rows.GetString(2), seed));
        }

        return prompts;
    }

    /// <summary>Sets cursors in one transaction, forward or back; a group's other worlds are forgotten.</summary>
    public void SetCursors(IReadOnlyList<GroupCursor> cursors)
    {
        _leaveWorlds ??= new(
            _ledger, "DELETE FROM cursor WHERE name = $name AND world <> $world", "$name", "$world");
        _setCursor ??= new(
            _ledger,
            """
            INSERT INTO cursor (name, rank, world, sequence) VALUES ($name, $rank, $world, $sequence)
            ON CONFLICT (name, rank) DO UPDATE SET sequence = excluded.sequence
            """,
            "$name",
            "$rank",
            "$world",
            "$sequence");
        InTransaction(() =>
        {
            foreach (GroupCursor cursor in cursors)
            {
                _leaveWorlds.Run(cursor.Group, cursor.World);
                _setCursor.Run(cursor.Group, cursor.Rank, cursor.World, cursor.Sequence);
            }
        });
    }

    /// <summary>Every cursor, by group and rank.</summary>
    public static IReadOnlyList<GroupCursor> Cursors(SqliteConnection ledger)
    {
        using LedgerStatement query = new(
            ledger, "SELECT name, rank, world, sequence FROM cursor ORDER BY name, rank");
        using SqliteDataReader rows = query.Read();
        List<GroupCursor> cursors = [];
        while (rows.Read())
        {
            cursors.Add(new(rows.GetString(0), rows.GetInt32(1), rows.GetInt32(2), rows.GetInt64(3)));
        }

        return cursors;
    }

    /// <summary>Forgets a group's cursors.</summary>
    /// <returns>How many it had.</returns>
    public int RemoveGroup(string group)
    {
        _removeGroup ??= new(_ledger, "DELETE FROM cursor WHERE name = $name", "$name");
        int removed = 0;
        InTransaction(() => removed = _removeGroup.Run(group));
        return removed;
    }

    private IEnumerable<LedgerStatement> PromptStatements() =>
        ((LedgerStatement?[])[_addPrompt, _leaveWorlds, _setCursor, _removeGroup]).OfType<LedgerStatement>();
}
