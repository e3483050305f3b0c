using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Kernels.Similarity;

/// <summary>Values as they are.</summary>
internal readonly unsafe struct F32Decoder : IRowDecoder
{
    public static float QueryFactor => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(byte* block, int index) => Vector512.Load((float*)block + index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(byte* block, int index) => Vector256.Load((float*)block + index);

    public static float Load(byte* block, int index) => ((float*)block)[index];
}
