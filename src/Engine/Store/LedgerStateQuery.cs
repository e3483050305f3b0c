using Microsoft.Data.Sqlite;

namespace Engine.Store;

/// <summary>Reads <see cref="LedgerState"/> without one object a try.</summary>
internal static class LedgerStateQuery
{
    /// <summary>Reads it in two passes: the tally, and the tries grouped by prompt.</summary>
    public static LedgerState Run(SqliteConnection ledger)
    {
        (Dictionary<string, long> accepted, Dictionary<(string, string), long> rejected) = Tally(ledger);
        return new LedgerState { Accepted = accepted, Rejected = rejected, Prompts = Prompts(ledger) };
    }

    /// <summary>Accepted samples by category, and rejected tries by category and reason.</summary>
    public static (Dictionary<string, long>, Dictionary<(string, string), long>) Tally(SqliteConnection ledger)
    {
        using LedgerStatement query = new(ledger, "SELECT category, reason, items FROM tally");
        using SqliteDataReader rows = query.Read();
        Dictionary<string, long> accepted = new(StringComparer.Ordinal);
        Dictionary<(string, string), long> rejected = [];
        while (rows.Read())
        {
            (string category, string reason, long items) = (rows.GetString(0), rows.GetString(1), rows.GetInt64(2));
            if (reason == Ledger.AcceptedTally)
            {
                accepted.Add(category, items);
            }
            else
            {
                rejected.Add((category, reason), items);
            }
        }

        return (accepted, rejected);
    }

    private static Dictionary<string, PromptProgress> Prompts(SqliteConnection ledger)
    {
        using LedgerStatement query = new(
            ledger, "SELECT prompt_id, COUNT(*), MAX(attempt) FROM ended GROUP BY prompt_id");
        using LedgerStatement attempts = new(
            ledger, "SELECT attempt FROM ended WHERE prompt_id = $prompt ORDER BY attempt", "$prompt");
        using SqliteDataReader rows = query.Read();
        Dictionary<string, PromptProgress> prompts = new(StringComparer.Ordinal);
        while (rows.Read())
        {
            (string id, int count, int next) = (rows.GetString(0), rows.GetInt32(1), rows.GetInt32(2) + 1);
            prompts.Add(id, new(next, count == next ? [] : Holes(attempts, id)));
        }

        return prompts;
    }

    private static List<int> Holes(LedgerStatement attempts, string promptId)
    {
        using SqliteDataReader rows = attempts.Read(promptId);
        List<int> holes = [];
        for (int expected = 0; rows.Read(); expected++)
        {
            for (int ended = rows.GetInt32(0); expected < ended; expected++)
            {
                holes.Add(expected);
            }
        }

        return holes;
    }
}
