using System.Runtime.Intrinsics;

namespace Kernels.Similarity;

/// <summary>Reads stored values as f32, a vector at a time.</summary>
internal unsafe interface IRowDecoder
{
    /// <summary>What a query is multiplied with before the search: decoding leaves this factor out of the values.
    /// </summary>
    static abstract float QueryFactor { get; }

    /// <summary>Sixteen values from value <paramref name="index"/> on.</summary>
    static abstract Vector512<float> Load512(byte* block, int index);

    /// <summary>Eight values from value <paramref name="index"/> on.</summary>
    static abstract Vector256<float> Load256(byte* block, int index);

    /// <summary>The value <paramref name="index"/>.</summary>
    static abstract float Load(byte* block, int index);
}
