using System.Globalization;

namespace Engine.Store;

/// <summary>The deletion of whole shards.</summary>
internal sealed partial class Ledger
{
    /// <summary>The first sample kept; 0 when there is none.</summary>
    public long FirstSequence() => LedgerSchema.Number(_ledger, "SELECT COALESCE(MIN(sequence), 0) FROM sample");

    /// <summary>The last sample that lies in this shard or an earlier one.</summary>
    /// <param name="number">The shard.</param>
    /// <param name="first">The first sample kept.</param>
    /// <param name="last">The newest sample.</param>
    /// <returns>Its sequence; <paramref name="first"/> - 1 when there is none.</returns>
    /// <remarks>Sequences have no gaps and never go back a shard, so a search by halves finds it without an index.
    /// </remarks>
    public long LastSequenceIn(int number, long first, long last)
    {
        using LedgerStatement shardOf = new(_ledger, "SELECT shard FROM sample WHERE sequence = $at", "$at");
        (long low, long high) = (first - 1, last);
        while (low < high)
        {
            long middle = high - ((high - low) / 2);
            bool isWithin = Convert.ToInt64(shardOf.Scalar(middle), CultureInfo.InvariantCulture) <= number;
            (low, high) = isWithin ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    /// <summary>Marks a shard deleted and forgets its samples, in one transaction. How their tries ended stays: none
    /// is made again, and counts stay.</summary>
    /// <param name="number">The oldest shard that has samples.</param>
    /// <param name="first">Its first sample.</param>
    /// <param name="last">Its last sample.</param>
    public void DeleteShard(int number, long first, long last)
    {
        using LedgerStatement mark = new(_ledger, "UPDATE shard SET deleted = 1 WHERE number = $number", "$number");
        using LedgerStatement forget = new(
            _ledger, "DELETE FROM sample WHERE sequence BETWEEN $first AND $last", "$first", "$last");
        InTransaction(() =>
        {
            mark.Run(number);
            forget.Run(first, last);
        });
    }

    /// <summary>Gives shards that schema 1 sealed, which has no times, the time at which their age begins.</summary>
    public void StampSealed(long now)
    {
        using LedgerStatement stamp = new(
            _ledger, "UPDATE shard SET sealed_at = $now WHERE sealed = 1 AND sealed_at IS NULL", "$now");
        InTransaction(() => stamp.Run(now));
    }
}
