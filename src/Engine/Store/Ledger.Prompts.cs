using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>Prompts added at run time.</summary>
internal sealed partial class Ledger
{
    private LedgerStatement? _addPrompt;

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

    private IEnumerable<LedgerStatement> PromptStatements() =>
        ((LedgerStatement?[])[_addPrompt]).OfType<LedgerStatement>();
}
