using System.Globalization;
using Engine.Items;

namespace Engine.Store.Repair;

/// <summary>A sample whose bytes are lost.</summary>
/// <param name="Sample">What the ledger said of it.</param>
/// <param name="Why">What is wrong with its bytes.</param>
internal readonly record struct LostSample(StoredSample Sample, string Why)
{
    /// <summary>Its line in the report: sequence, key, category, shard, offset, length, why; tabs between.</summary>
    public override string ToString() => string.Join(
        '\t',
        Sample.Sequence.ToString(CultureInfo.InvariantCulture),
        Sample.Key,
        Sample.Category.ReplaceLineEndings(" ").Replace('\t', ' '),
        ShardName.Of(Sample.Shard),
        Sample.Offset.ToString(CultureInfo.InvariantCulture),
        Sample.Length.ToString(CultureInfo.InvariantCulture),
        Why);
}
