using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Kernels.Similarity;

/// <summary>Halves. The bits of a half, moved to where a single has them, are the value times 2^-112: one shift and one
/// mask instead of a conversion, which .NET has no vector instruction for. The queries make up for the factor.
/// </summary>
/// <remarks>Exact for every finite half, those below the normal range included, which become singles below theirs.
/// </remarks>
internal readonly unsafe struct F16Decoder : IRowDecoder
{
    private const int Shift = 13; // 23 bits of fraction against 10.
    private const int Kept = unchecked((int)0x8FFFE000); // The sign once, not four times; exponent; fraction.

    public static float QueryFactor => BitConverter.Int32BitsToSingle((127 + 112) << 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(byte* block, int index)
    {
        Vector256<short> halves = Vector256.Load((short*)block + index);
        Vector512<int> wide = Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(halves)
            : Vector512.Create(Vector256.WidenLower(halves), Vector256.WidenUpper(halves));
        return ((wide << Shift) & Vector512.Create(Kept)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(byte* block, int index)
    {
        Vector128<short> halves = Vector128.Load((short*)block + index);
        Vector256<int> wide = Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(halves)
            : Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves));
        return ((wide << Shift) & Vector256.Create(Kept)).AsSingle();
    }

    public static float Load(byte* block, int index) =>
        BitConverter.Int32BitsToSingle((((short*)block)[index] << Shift) & Kept);
}
