using System.Text;
using Engine.Disk;
using Kernels.Similarity;

namespace Engine.Index;

/// <summary>Writes an index file: whole, or not at all.</summary>
public static class IndexWriter
{
    /// <summary>Writes beside the file, makes it durable and puts it in the file's place.</summary>
    /// <param name="path">The file; one that is there is replaced.</param>
    /// <param name="info">What the index is made of; its categories hold all rows.</param>
    /// <param name="width">D, 1 to <see cref="RowBlocks.WidthMax"/>.</param>
    /// <param name="type">How values are stored.</param>
    /// <param name="rows">Gives the rows in the order of the categories, f32, of length 1 each.</param>
    /// <param name="ids">[N] id of each row, for people: which picture, which annotation.</param>
    /// <param name="stopping">Ends it, and leaves what was there.</param>
    /// <exception cref="ArgumentException">A row holds a value that is not finite, or the ids are not one a row.
    /// </exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static void Write(
        string path, IndexInfo info, int width, RowType type, RowSource rows, IReadOnlyList<string> ids,
        CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(info);
        ArgumentNullException.ThrowIfNull(ids);
        int count = info.Categories.Sum(category => category.Count);
        if (count < 1 || ids.Count != count)
        {
            throw new ArgumentException($"There are {ids.Count} ids for the {count} rows of all categories.");
        }

        byte[] table = info.ToBytes();
        long idBytes = ids.Sum(id => (long)Encoding.UTF8.GetByteCount(id));
        IndexHeader header = IndexHeader.Plan(type, count, width, info.Categories.Count, idBytes, table.Length);
        string beside = path + ".part";
        try
        {
            using (FileStream file = new(beside, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                using SectionWriter writer = new(file, header);
                writer.Start();
                Values values = new(info, width, type, rows);
                values.Write(writer, stopping);
                WriteIds(writer, ids);
                writer.Write<float>(values.Means);
                writer.End(IndexSection.Means);
                writer.Write<byte>(table);
                writer.End(IndexSection.Info);
                writer.Finish();
                Durable.Flush(file);
            }

            File.Move(beside, path, overwrite: true);
            Durable.FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    private static void WriteIds(SectionWriter writer, IReadOnlyList<string> ids)
    {
        long[] offsets = new long[ids.Count + 1];
        for (int row = 0; row < ids.Count; row++)
        {
            offsets[row + 1] = offsets[row] + Encoding.UTF8.GetByteCount(ids[row]);
        }

        writer.Write<long>(offsets);
        writer.End(IndexSection.IdOffsets);
        foreach (string id in ids)
        {
            writer.Write<byte>(Encoding.UTF8.GetBytes(id));
        }

        writer.End(IndexSection.IdBytes);
    }

    /// <summary>Packs the rows a block at a time and adds up the means of the rows as they were given.</summary>
    private sealed class Values(IndexInfo info, int width, RowType type, RowSource rows)
    {
        private readonly int[] _categoryOf =
            [.. info.Categories.SelectMany((category, index) => Enumerable.Repeat(index, category.Count))];

        private readonly double[] _sums = new double[info.Categories.Count * width];

        public float[] Means =>
            [.. _sums.Select((sum, at) => (float)(sum / info.Categories[at / width].Count))];

        public void Write(SectionWriter writer, CancellationToken stopping)
        {
            float[] some = new float[RowBlocks.BlockRows * width];
            byte[] block = new byte[RowBlocks.BlockBytes(width, type)];
            float[] scales =
                type == RowType.I8 ? new float[RowBlocks.Blocks(_categoryOf.Length) * RowBlocks.BlockRows] : [];
            for (int first = 0; first < _categoryOf.Length; first += RowBlocks.BlockRows)
            {
                stopping.ThrowIfCancellationRequested();
                int count = Math.Min(RowBlocks.BlockRows, _categoryOf.Length - first);
                Span<float> given = some.AsSpan(0, count * width);
                rows(first, given);
                Span<float> own = type == RowType.I8 ? scales.AsSpan(first, RowBlocks.BlockRows) : [];
                int bad = RowBlocks.Pack(given, width, type, block, own);
                if (bad >= 0)
                {
                    throw new ArgumentException($"Row {first + bad} holds a value that is not finite.");
                }

                Add(first, given);
                writer.Write<byte>(block);
            }

            writer.End(IndexSection.Values);
            writer.Write<float>(scales);
            writer.End(IndexSection.Scales);
            writer.Write<int>(_categoryOf);
            writer.End(IndexSection.CategoryOf);
        }

        private void Add(int first, ReadOnlySpan<float> given)
        {
            for (int row = 0; row < given.Length / width; row++)
            {
                Span<double> sum = _sums.AsSpan(_categoryOf[first + row] * width, width);
                ReadOnlySpan<float> values = given.Slice(row * width, width);
                for (int d = 0; d < values.Length; d++)
                {
                    sum[d] += values[d];
                }
            }
        }
    }
}
