using Engine.Items;

namespace Engine.Store;

/// <summary>The ends of tries: samples and rejections.</summary>
internal sealed partial class Ledger
{
    /// <summary>Stands for a reason in <c>tally</c> where the try was accepted.</summary>
    public const string AcceptedTally = "accepted";

    private const int DetailCharactersMax = 512;

    private LedgerStatement? _isEnded;
    private LedgerStatement? _addShard;
    private LedgerStatement? _updateShard;
    private LedgerStatement? _addSample;
    private LedgerStatement? _end;
    private LedgerStatement? _tally;

    /// <summary>Whether the try has ended, accepted or rejected.</summary>
    public bool IsEnded(string promptId, int attempt)
    {
        _isEnded ??= new(
            _ledger, "SELECT 1 FROM ended WHERE prompt_id = $prompt AND attempt = $attempt", "$prompt", "$attempt");
        return _isEnded.Scalar(promptId, attempt) is not null;
    }

    /// <summary>Says that a shard is about to be made, before its file is. Idempotent.</summary>
    /// <remarks>So a file that the ledger does not know was made by someone else and is never deleted.</remarks>
    public void AddShard(int number)
    {
        _addShard ??= new(
            _ledger, "INSERT OR IGNORE INTO shard (number, bytes, sealed) VALUES ($number, 0, 0)", "$number");
        InTransaction(() => _addShard.Run(number));
    }

    /// <summary>Accepts samples whose bytes are on the disk, in one transaction.</summary>
    /// <param name="samples">The new samples and where they lie, in sequence.</param>
    /// <param name="shards">The shards that grew or were sealed.</param>
    public void Append(IReadOnlyList<(Sample Sample, StoredSample Stored)> samples, IReadOnlyList<ShardRow> shards)
    {
        _updateShard ??= new(
            _ledger,
            "UPDATE shard SET bytes = $bytes, sealed = $sealed, sealed_at = $at WHERE number = $number",
            "$bytes",
            "$sealed",
            "$at",
            "$number");
        _addSample ??= new(
            _ledger,
            """
            INSERT INTO sample (sequence, key, shard, offset, length, crc32c, category, prompt_id, attempt)
            VALUES ($sequence, $key, $shard, $offset, $length, $crc, $category, $prompt, $attempt)
            """,
            "$sequence",
            "$key",
            "$shard",
            "$offset",
            "$length",
            "$crc",
            "$category",
            "$prompt",
            "$attempt");
        InTransaction(() =>
        {
            foreach (ShardRow shard in shards)
            {
                _updateShard.Run(shard.Bytes, shard.IsSealed ? 1 : 0, shard.SealedAt, shard.Number);
            }

            foreach ((Sample sample, StoredSample at) in samples)
            {
                _addSample.Run(
                    at.Sequence,
                    at.Key,
                    at.Shard,
                    at.Offset,
                    at.Length,
                    (long)at.Crc32C,
                    at.Category,
                    sample.PromptId,
                    sample.Attempt);
                End(sample.PromptId, sample.Attempt, sample.Category);
            }
        });
    }

    /// <summary>Records rejections in one transaction; a try that has ended already is left as it ended.</summary>
    /// <returns>How many tries ended now.</returns>
    public int Reject(IReadOnlyList<Rejection> rejections)
    {
        int ended = 0;
        InTransaction(() =>
        {
            foreach (Rejection no in rejections)
            {
                ended += End(no.PromptId, no.Attempt, no.Category, no.Stage, no.Reason, Cut(no.Detail)) ? 1 : 0;
            }
        });
        return ended;
    }

    private bool End(
        string promptId,
        int attempt,
        string category,
        string? stage = null,
        string? reason = null,
        string? detail = null)
    {
        _end ??= new(
            _ledger,
            """
            INSERT OR IGNORE INTO ended (prompt_id, attempt, category, stage, reason, detail)
            VALUES ($prompt, $attempt, $category, $stage, $reason, $detail)
            """,
            "$prompt",
            "$attempt",
            "$category",
            "$stage",
            "$reason",
            "$detail");
        _tally ??= new(
            _ledger,
            """
            INSERT INTO tally (category, reason, items) VALUES ($category, $reason, 1)
            ON CONFLICT (category, reason) DO UPDATE SET items = items + 1
            """,
            "$category",
            "$reason");
        bool isNew = _end.Run(promptId, attempt, category, stage, reason, detail) == 1;
        if (isNew)
        {
            _tally.Run(category, reason ?? AcceptedTally);
        }

        return isNew;
    }

    // Never between the halves of a surrogate pair: SQLite would store a character that is none.
    private static string? Cut(string? detail)
    {
        if (detail is null || detail.Length <= DetailCharactersMax)
        {
            return detail;
        }

        return detail[..(char.IsHighSurrogate(detail[DetailCharactersMax - 1])
            ? DetailCharactersMax - 1
            : DetailCharactersMax)];
    }

    private IEnumerable<LedgerStatement> AppendStatements() =>
        ((LedgerStatement?[])[_isEnded, _addShard, _updateShard, _addSample, _end, _tally]).OfType<LedgerStatement>();
}
