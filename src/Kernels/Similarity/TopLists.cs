using System.Numerics;
using System.Runtime.Intrinsics;

namespace Kernels.Similarity;

/// <summary>The best rows so far of each of several queries: the higher score first, then the lower row.</summary>
internal sealed class TopLists
{
    private const int NoRow = int.MaxValue; // Any row comes before it, whatever its score.

    private float[] _scores = [];
    private int[] _rows = [];
    private int _length;

    /// <summary>Empties the lists, and makes room if need be.</summary>
    /// <param name="queries">Lists.</param>
    /// <param name="length">Rows that one keeps.</param>
    public void Reset(int queries, int length)
    {
        _length = length;
        if (_scores.Length < queries * length)
        {
            (_scores, _rows) = (new float[queries * length], new int[queries * length]);
        }

        _scores.AsSpan(0, queries * length).Fill(float.NegativeInfinity);
        _rows.AsSpan(0, queries * length).Fill(NoRow);
    }

    /// <summary>Offers the scores of a block's 64 rows to a query.</summary>
    /// <param name="query">Which.</param>
    /// <param name="scores">64 scores.</param>
    /// <param name="firstRow">The block's first row.</param>
    /// <param name="allowed">Which rows may be kept.</param>
    public unsafe void Offer(int query, float* scores, int firstRow, in AllowedRows allowed)
    {
        float least = _scores[((query + 1) * _length) - 1];
        for (int at = 0; at < RowBlocks.BlockRows; at += Vector512<float>.Count)
        {
            Vector512<float> sixteen = Vector512.Load(scores + at);
            ulong reach = Vector512.GreaterThanOrEqual(sixteen, Vector512.Create(least)).ExtractMostSignificantBits();
            for (; reach != 0; reach &= reach - 1)
            {
                int offset = at + BitOperations.TrailingZeroCount(reach);
                if (allowed.Has(firstRow + offset))
                {
                    Insert(query, scores[offset], firstRow + offset);
                    least = _scores[((query + 1) * _length) - 1];
                }
            }
        }
    }

    /// <summary>Takes over what another has found for a query.</summary>
    public void Merge(int query, TopLists other)
    {
        int first = query * _length;
        for (int i = first; i < first + _length && other._rows[i] != NoRow; i++)
        {
            Insert(query, other._scores[i], other._rows[i]);
        }
    }

    /// <summary>Writes one query's list; -1 and negative infinity behind its end.</summary>
    public void Write(int query, Span<int> ids, Span<float> scores)
    {
        int first = query * _length;
        for (int i = 0; i < _length; i++)
        {
            int row = _rows[first + i];
            ids[i] = row == NoRow ? -1 : row;
            scores[i] = _scores[first + i];
        }
    }

    private void Insert(int query, float score, int row)
    {
        Span<float> scores = _scores.AsSpan(query * _length, _length);
        Span<int> rows = _rows.AsSpan(query * _length, _length);
        int at = _length;
        while (at > 0 && (score > scores[at - 1] || (score == scores[at - 1] && row < rows[at - 1])))
        {
            at--;
        }

        if (at < _length)
        {
            scores[at..^1].CopyTo(scores[(at + 1)..]);
            rows[at..^1].CopyTo(rows[(at + 1)..]);
            (scores[at], rows[at]) = (score, row);
        }
    }
}
