using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Kernels.Device.Cpu;

namespace Kernels.Similarity;

public sealed unsafe partial class CpuSimilarity
{
    /// <summary>One search over all blocks, a run of blocks a part.</summary>
    private sealed class SearchJob : CpuJob, IDisposable
    {
        private readonly SimilarityRows _rows;
        private readonly QueryPanels _panels;
        private readonly TopLists[] _lists;
        private readonly nint[] _decoded; // One block of f32 a thread, made when first needed.
        private readonly Paths _direct;
        private readonly Paths _fromDecoded;
        private uint[] _categoryBits = [];
        private AllowedRows _allowed;
        private int _queries;
        private int _firstBlock;
        private int _endBlock;
        private int _parts;

        public SearchJob(SimilarityRows rows, QueryPanels panels, TopLists[] lists)
        {
            (_rows, _panels, _lists) = (rows, panels, lists);
            _decoded = new nint[lists.Length];
            _fromDecoded = Paths.Of<F32Decoder>();
            (_direct, QueryFactor) = rows.Type switch
            {
                RowType.F16 => (Paths.Of<F16Decoder>(), F16Decoder.QueryFactor),
                RowType.I8 => (Paths.Of<I8Decoder>(), I8Decoder.QueryFactor),
                _ => (_fromDecoded, F32Decoder.QueryFactor),
            };
        }

        public float QueryFactor { get; }

        /// <summary>Takes over what may be found, and gives the number of parts.</summary>
        public int Prepare(int queries, int first, int end, ReadOnlySpan<uint> categories, int partsMax)
        {
            if (!categories.IsEmpty && _categoryBits.Length != categories.Length)
            {
                _categoryBits = new uint[categories.Length];
            }

            categories.CopyTo(_categoryBits);
            fixed (int* categoryOf = _rows.Categories)
            {
                // The categories are native memory of the rows, which do not move.
                _allowed = new AllowedRows(first, end, categoryOf, categories.IsEmpty ? null : _categoryBits);
            }

            _queries = queries;
            _firstBlock = first / RowBlocks.BlockRows;
            _endBlock = first == end ? _firstBlock : RowBlocks.Blocks(end);
            _parts = Math.Min(partsMax, _endBlock - _firstBlock);
            return _parts;
        }

        public override void Run(int part, int worker)
        {
            long blocks = _endBlock - _firstBlock;
            int from = _firstBlock + (int)(blocks * part / _parts);
            int to = _firstBlock + (int)(blocks * (part + 1) / _parts);
            int bytes = RowBlocks.BlockBytes(_rows.Width, _rows.Type);
            bool decodes = _rows.Type != RowType.F32 && _panels.Panels + _panels.Alone > 1;
            float* scores = stackalloc float[BlockScores.PanelQueries * RowBlocks.BlockRows];
            fixed (float* queries = _panels.Values)
            {
                for (int block = from; block < to; block++)
                {
                    byte* values = _rows.Values + ((long)block * bytes);
                    if (decodes)
                    {
                        values = Decode(values, worker);
                    }

                    ScoreBlock(block, values, decodes ? _fromDecoded : _direct, queries, scores, _lists[worker]);
                }
            }
        }

        public void Dispose()
        {
            for (int i = 0; i < _decoded.Length; i++)
            {
                NativeMemory.AlignedFree((void*)_decoded[i]);
                _decoded[i] = 0;
            }
        }

        private void ScoreBlock(
            int block, byte* values, Paths paths, float* queries, float* scores, TopLists lists)
        {
            int firstRow = block * RowBlocks.BlockRows;
            for (int panel = 0; panel < _panels.Panels; panel++)
            {
                paths.Panel(values, queries + _panels.OffsetOf(panel), _rows.Width, scores);
                int first = panel * BlockScores.PanelQueries;
                int count = Math.Min(BlockScores.PanelQueries, _queries - first);
                for (int query = 0; query < count; query++)
                {
                    Offer(first + query, scores + (query * RowBlocks.BlockRows), firstRow, lists);
                }
            }

            for (int lone = 0; lone < _panels.Alone; lone++)
            {
                paths.Single(values, queries + _panels.OffsetOf(_panels.Panels + lone), _rows.Width, scores);
                Offer((_panels.Panels * BlockScores.PanelQueries) + lone, scores, firstRow, lists);
            }
        }

        private void Offer(int query, float* scores, int firstRow, TopLists lists)
        {
            if (_rows.Type == RowType.I8)
            {
                ReadOnlySpan<float> scales = _rows.Scales;
                for (int row = 0; row < RowBlocks.BlockRows; row++)
                {
                    scores[row] *= scales[firstRow + row];
                }
            }

            if (_panels.IsFinite(query))
            {
                lists.Offer(query, scores, firstRow, _allowed);
            }
        }

        private byte* Decode(byte* values, int worker)
        {
            int count = _rows.Width * RowBlocks.BlockRows;
            if (_decoded[worker] == 0)
            {
                _decoded[worker] = (nint)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), 64);
            }

            float* target = (float*)_decoded[worker];
            for (int i = 0; i < count; i += Vector512<float>.Count)
            {
                Vector512<float> some = _rows.Type == RowType.F16
                    ? F16Decoder.Load512(values, i)
                    : I8Decoder.Load512(values, i);
                some.Store(target + i);
            }

            return (byte*)target;
        }

        /// <summary>The inner loops for one type of row.</summary>
        private readonly struct Paths
        {
            public readonly delegate*<byte*, float*, int, float*, void> Panel;
            public readonly delegate*<byte*, float*, int, float*, void> Single;

            private Paths(
                delegate*<byte*, float*, int, float*, void> panel, delegate*<byte*, float*, int, float*, void> single)
            {
                Panel = panel;
                Single = single;
            }

            public static Paths Of<T>()
                where T : struct, IRowDecoder => new(BlockScores.Panel<T>(), BlockScores.Single<T>());
        }
    }
}
