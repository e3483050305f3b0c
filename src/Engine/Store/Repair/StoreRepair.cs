using Microsoft.Data.Sqlite;

namespace Engine.Store.Repair;

/// <summary>Mends a store that its writer refuses, as far as its bytes allow.</summary>
/// <remarks>
/// <para>No byte is deleted: what is damaged moves to <c>damaged/</c> inside the directory. A sample whose bytes are
/// lost leaves the ledger together with how its try ended, so that the try is made again. Sequences have no gaps: those
/// after a lost one move down, and the stream gets a new id, so that no cursor of the old one is taken for one of
/// the new.</para>
/// <para>Steps: (1) new shards are written beside the report in <c>damaged/</c>; (2) one transaction changes the ledger
/// and notes the files to move; (3) the files change places; (4) the note goes. After a stop the next run begins
/// anew before (2), and with (3) after it; a store with the note does not open.</para>
/// </remarks>
public sealed class StoreRepair
{
    private const int Corrupt = 11; // SQLITE_CORRUPT
    private const int NotADatabase = 26; // SQLITE_NOTADB

    private readonly string _directory;
    private readonly RepairFiles _files;
    private readonly TimeProvider _clock;

    private StoreRepair(string directory, TimeProvider clock) =>
        (_directory, _files, _clock) = (directory, new RepairFiles(directory), clock);

    /// <summary>Surveys a store that nobody writes to, and mends it where that is asked for.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="apply">False: only says what would be done.</param>
    /// <param name="clock">Names the report, and dates rebuilt shards.</param>
    /// <param name="stopping">Ends the survey; heeded before anything is changed.</param>
    /// <returns>What was found and done.</returns>
    /// <exception cref="StoreException">There is no store, another process has it, or its ledger is of a newer version
    /// or another program's.</exception>
    public static RepairResult Run(string directory, bool apply, TimeProvider clock, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(clock);
        directory = Path.GetFullPath(directory);
        bool hasLedger = File.Exists(Path.Combine(directory, Ledger.FileName));
        if (!hasLedger && (!Directory.Exists(directory)
            || !Directory.EnumerateFiles(directory, ShardName.Pattern).Any()))
        {
            throw new StoreException($"{directory} holds no store: neither {Ledger.FileName} nor a shard.");
        }

        using WriterLock held = WriterLock.Take(directory);
        StoreRepair repair = new(directory, clock);
        return (hasLedger ? LedgerDamage(directory) : "is missing") is { } why
            ? new LedgerRebuild(directory, repair._files, clock).Run(why, apply, stopping)
            : repair.WithLedger(apply, stopping);
    }

    // Null when it can be read; why not, when its bytes are damaged. What is somebody else's or newer throws.
    private static string? LedgerDamage(string directory)
    {
        string path = Path.Combine(directory, Ledger.FileName);
        try
        {
            using SqliteConnection ledger = Ledger.OpenToRead(directory);
            if (LedgerSchema.VersionOf(ledger, path) == 0)
            {
                return "is empty";
            }

            using LedgerStatement check = new(ledger, "PRAGMA quick_check(1)");
            string said = (string)check.Scalar()!;
            return said == "ok" ? null : $"is damaged ({said})";
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is Corrupt or NotADatabase)
        {
            return $"is damaged ({damaged.Message})";
        }
        catch (SqliteException closed)
        {
            throw new StoreException($"{path} cannot be read: {closed.Message}", closed); // no right to, say
        }
    }

    private RepairResult WithLedger(bool apply, CancellationToken stopping)
    {
        using Ledger ledger = Ledger.Open(_directory);
        if (ledger.PendingRepair() is { } pending)
        {
            if (!apply)
            {
                return new()
                {
                    Actions = ["a repair was stopped on its way: its files are moved to their places"],
                    LostSamples = 0,
                    KeptSamples = ledger.Samples().LongCount(),
                };
            }

            Finish(ledger, pending);
        }

        ShardSurvey survey = new(_directory, ledger);
        survey.Run(stopping);
        string? report = apply && survey.Actions.Count > 0 ? Apply(ledger, survey) : null;
        return new()
        {
            Actions = survey.Actions,
            LostSamples = survey.Lost.Count,
            KeptSamples = survey.Samples - survey.Lost.Count,
            ReportPath = report,
        };
    }

    private string Apply(Ledger ledger, ShardSurvey survey)
    {
        _files.MakeFolder();
        _files.Write(survey.Copies); // (1)
        string report = _files.WriteReport(
            _clock.GetUtcNow().ToUnixTimeSeconds(),
            [.. survey.Actions, .. survey.Lost.Select(lost => lost.ToString())]);
        string pending = RepairFiles.Pending(survey.Copies, survey.Strangers);
        ledger.Together(() => Change(ledger, survey, pending)); // (2)
        Finish(ledger, pending);
        return report;
    }

    private static void Change(Ledger ledger, ShardSurvey survey, string pending)
    {
        foreach (LostSample lost in survey.Lost)
        {
            ledger.Lose(lost.Sample);
        }

        foreach (ShardCopy copy in survey.Copies)
        {
            long end = 0;
            foreach (Items.StoredSample kept in copy.Kept)
            {
                ledger.Move(kept.Sequence, end);
                end += kept.Length;
            }

            ledger.SetShard(copy.Number, end, isDeleted: copy.Kept.Count == 0);
        }

        if (survey.Lost.Count > 0 || survey.HasGaps)
        {
            ledger.Renumber(survey.FirstSequence);
        }

        ledger.SetPendingRepair(pending);
    }

    private void Finish(Ledger ledger, string pending)
    {
        _files.Swap(pending); // (3)
        ledger.SetPendingRepair(null); // (4)
    }
}
