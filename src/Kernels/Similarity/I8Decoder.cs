using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Similarity;

/// <summary>Whole numbers of 8 bits; the row's scale is applied to the finished sum.</summary>
internal readonly unsafe struct I8Decoder : IRowDecoder
{
    public static float QueryFactor => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(byte* block, int index)
    {
        Vector128<sbyte> bytes = Vector128.Load((sbyte*)block + index);
        return Avx512F.IsSupported
            ? Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes))
            : Vector512.Create(Load256(block, index), Load256(block, index + Vector256<float>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(byte* block, int index)
    {
        Vector128<sbyte> bytes = Vector128.CreateScalar(*(long*)(block + index)).AsSByte();
        if (Avx2.IsSupported)
        {
            return Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(bytes));
        }

        Vector128<short> shorts = Vector128.WidenLower(bytes);
        return Vector256.ConvertToSingle(
            Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)));
    }

    public static float Load(byte* block, int index) => ((sbyte*)block)[index];
}
