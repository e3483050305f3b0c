using System.Runtime.Intrinsics;
using Kernels.Device.Cpu;
using Kernels.Similarity;
using Tests.Shared;

namespace Kernels.Tests.Similarity;

/// <summary>
/// Goal: all vector widths give the same bits: the sum in the order of the values, one fused multiply-add each,
/// whatever is asked beside it. Method: that sum, written plainly, for each score; the class is run again in processes
/// where the wide instructions are switched off.
/// </summary>
public sealed class CpuSimilarityPathTests
{
    private const string BitsVariable = "HEADWATER_TEST_VECTOR_BITS";

    private static readonly int WidestHere =
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 0;

    [Theory]
    [InlineData(RowType.F32)]
    [InlineData(RowType.F16)]
    [InlineData(RowType.I8)]
    public void A_score_is_the_plain_sum_bit_for_bit_whatever_is_asked_beside_it(RowType type)
    {
        const int width = 77;
        using SimilarityRows rows = SimilarityRows.Pack(UnitRows.Of(150, width, seed: 4), width, type);
        using CpuDevice device = new(threads: 2);
        using CpuSimilarity similarity = new(device, rows);
        foreach (int count in new[] { 1, 2, 5, 6, 8, 13 })
        {
            float[] queries = UnitRows.Of(count, width, seed: 5);
            (int[] ids, float[] scores) = (new int[count * 64], new float[count * 64]);

            similarity.Search(queries, 64, default, ids, scores);

            for (int i = 0; i < ids.Length; i++)
            {
                float plain = Plain(rows, ids[i], queries.AsSpan(i / 64 * width, width));
                Assert.Equal(plain, scores[i]);
            }
        }
    }

    [Theory]
    [InlineData(256, "DOTNET_EnableAVX512", "DOTNET_EnableAVX512F")]
    [InlineData(0, "DOTNET_EnableHWIntrinsic", "DOTNET_EnableHWIntrinsic")]
    public async Task The_narrower_paths_pass_too(int bits, string variable, string olderName)
    {
        if (WidestHere <= bits)
        {
            Assert.Skip($"The widest vectors here have {WidestHere} bits, so this path is the one that runs anyway.");
        }

        Dictionary<string, string?> environment = new()
        {
            [variable] = "0",
            [olderName] = "0",
            [BitsVariable] = bits.ToString(),
        };
        Command run = await Command.RunAsync(
            Environment.ProcessPath!,
            ["-noLogo", "-noColor", "-method", "*CpuSimilarityPathTests.A_score*", "-method", "*.This_process*"],
            environment: environment);

        Assert.True(run.ExitCode == 0, run.Output + run.Error);
        Assert.Contains("Total: 4", run.Output);
    }

    [Fact]
    public void This_process_runs_the_path_that_it_was_started_for()
    {
        string? asked = Environment.GetEnvironmentVariable(BitsVariable);

        Assert.Equal(asked ?? WidestHere.ToString(), WidestHere.ToString());
    }

    // For halves the search works on values times 2^-112 and queries times 2^112, which changes no bit of a sum.
    private static float Plain(SimilarityRows rows, int id, ReadOnlySpan<float> query)
    {
        float[] row = new float[rows.Width];
        rows.Read(id, row);
        float scale = rows.Type == RowType.I8 ? rows.Scales[id] : 1;
        float sum = 0;
        for (int d = 0; d < row.Length; d++)
        {
            float value = rows.Type == RowType.I8 ? MathF.Round(row[d] / scale) : row[d];
            sum = MathF.FusedMultiplyAdd(value, query[d], sum);
        }

        return sum * scale;
    }
}
