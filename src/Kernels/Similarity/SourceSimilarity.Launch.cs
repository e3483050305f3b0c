using Kernels.Device;

namespace Kernels.Similarity;

/// <content>The kernels in their order, as Similarity.cl's header numbers them.</content>
public sealed unsafe partial class SourceSimilarity
{
    private const int QueryItems = 64;

    private void Run(Batch batch, ReadOnlySpan<float> queries)
    {
        bool tensor = UsesTensor(batch.Count);
        SimilarityTile tile = SimilarityTile.For(_wideTiles, tensor, batch.Count, batch.Neighbours);
        IKernelProgram program = _device.Build(tile.Source(_type));
        int queryTiles = (batch.Count + tile.Queries - 1) / tile.Queries;
        int padded = queryTiles * tile.Queries;
        (int splits, int tiles) = Split(tile, queryTiles, batch);

        DeviceBuffer values = Prepare(program, tensor, batch.Count, padded, queries);
        DeviceBuffer<int> bad = _bad.Reserve(padded);
        DeviceBuffer<float> partialScores = _partialScores.Reserve((long)splits * batch.Count * batch.Neighbours);
        DeviceBuffer<int> partialIds = _partialIds.Reserve((long)splits * batch.Count * batch.Neighbours);
        if (splits > 0)
        {
            program.Launch(
                tile.Entry(_type), new LaunchShape((queryTiles, splits, 1), tile.GroupSize),
                _rows, KernelArgument.Of(_scales), KernelArgument.Of(_categories), _mask.Reserve(1), batch.MaskWords,
                values, bad, batch.Count, padded, Width, batch.First, batch.End, tiles, batch.Neighbours,
                partialScores, partialIds);
        }

        program.Launch(
            "similarity_merge", LaunchShape.Line(batch.Count, tile.MergeItems),
            partialScores, partialIds, bad, splits, batch.Count, batch.Neighbours,
            _found.Reserve(2L * batch.Count * batch.Neighbours));
    }

    private bool UsesTensor(int count) => _type == RowType.F16 && _tensor switch
    {
        TensorUse.Always => true,
        TensorUse.WhereFaster => _device.HasTensorCores && count >= TensorQueriesMin,
        _ => false,
    };

    private DeviceBuffer Prepare(
        IKernelProgram program, bool tensor, int count, int padded, ReadOnlySpan<float> queries)
    {
        DeviceBuffer<float> asked = _queries.Reserve(queries.Length);
        DeviceBuffer<float> transposed = _transposed.Reserve((long)padded * Width);
        _device.Upload(queries, asked);
        program.Launch(
            "similarity_queries", LaunchShape.Line(padded, QueryItems),
            asked, count, Width, padded, transposed, _bad.Reserve(padded));
        if (!tensor)
        {
            return transposed;
        }

        DeviceBuffer<Half> halves = _halves.Reserve((long)padded * ((Width + 15) / 16 * 16));
        program.Launch(
            "similarity_queries_half", LaunchShape.Line(padded, QueryItems), transposed, Width, padded, halves);
        return halves;
    }

    private (int Splits, int Tiles) Split(SimilarityTile tile, int queryTiles, Batch batch)
    {
        if (batch.First == batch.End)
        {
            return (0, 0);
        }

        // Tiles are whole blocks, the first one the one that the first row is in.
        int blocks = RowBlocks.Blocks(batch.End) - (batch.First / RowBlocks.BlockRows);
        int tileBlocks = tile.Rows / RowBlocks.BlockRows;
        int all = (blocks + tileBlocks - 1) / tileBlocks;
        int wanted = Math.Clamp((_device.ComputeUnits * tile.UnitGroups + queryTiles - 1) / queryTiles, 1, SplitsMax);
        int tiles = (all + wanted - 1) / wanted;
        return ((all + tiles - 1) / tiles, tiles);
    }

    private readonly record struct Batch(int Count, int Neighbours, int First, int End, int MaskWords);
}
