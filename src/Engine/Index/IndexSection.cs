namespace Engine.Index;

/// <summary>The parts of an index file, in the file's order.</summary>
internal enum IndexSection
{
    /// <summary>Rows in blocks of 64: [blocks, D, 64] values.</summary>
    Values,

    /// <summary>One f32 a row up to the end of the last block; empty unless the rows are int8.</summary>
    Scales,

    /// <summary>One int32 a row: the position of its category in the table.</summary>
    CategoryOf,

    /// <summary>N + 1 int64: where each row's id starts in <see cref="IdBytes"/>.</summary>
    IdOffsets,

    /// <summary>The ids, UTF-8, one behind the other.</summary>
    IdBytes,

    /// <summary>[C, D] f32: the mean row of each category.</summary>
    Means,

    /// <summary>UTF-8 JSON: the model, the recipe, the categories (<see cref="IndexInfo"/>).</summary>
    Info,

    /// <summary>One CRC-32C a MiB of all that stands before, the header apart.</summary>
    Checksums,
}
