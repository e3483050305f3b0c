using System.Globalization;
using Kernels.Device;
using Kernels.Device.Cuda;

namespace Kernels.Tests.Device;

/// <summary>Kernels that do what no kernel may. Only <see cref="PtxMachineTests"/> runs them, in a child of its own: on
/// a GPU they would lose the device for the whole process.</summary>
public sealed class PtxMachinePlantedTests
{
    private const int NoCode = 0;
    private const int IllegalAddress = 700;
    private const int IllegalInstruction = 715;
    private const int MisalignedAddress = 716;

    /// <summary>The kernels: name, body, the driver's code, what the machine's log says.</summary>
    /// <remarks>%rd1 is a buffer of eight ints, %r1 the work-item of eight, %rd2 its place in the buffer, %rd3 that
    /// in an array of as many.</remarks>
    public static IReadOnlyList<(string Entry, string Body, int Code, string Logged)> Faults { get; } =
    [
        ("race", "ld.global.u32 %r2, [%rd1]; add.s32 %r2, %r2, 1; st.global.u32 [%rd1], %r2;", NoCode, "data race"),
        ("missing_barrier",
            "st.shared.u32 [%rd3], %r1; xor.b32 %r2, %r1, 7; shl.b32 %r2, %r2, 2; cvt.u64.u32 %rd4, %r2; "
            + "mov.u64 %rd5, table; add.s64 %rd4, %rd4, %rd5; ld.shared.u32 %r3, [%rd4]; st.global.u32 [%rd2], %r3;",
            NoCode, "data race"),
        ("outside_a_buffer", "st.global.u32 [%rd2+32], %r1;", IllegalAddress, "outside all memory"),
        ("before_a_buffer", "ld.global.u32 %r2, [%rd2+-32];", IllegalAddress, "outside all memory"),
        ("outside_an_array", "st.shared.u32 [%rd3+4], %r1;", IllegalAddress, "outside all arrays"),
        ("misaligned", "ld.global.v2.u32 {%r2, %r3}, [%rd2];", MisalignedAddress, "misaligned address"),
        ("copy_not_waited_for",
            "setp.ne.u32 %p1, %r1, 0; @%p1 bra END; cvt.u32.u64 %r2, %rd3; "
            + "cp.async.cg.shared.global [%r2], [%rd1], 16; cp.async.commit_group; cp.async.wait_group 1; "
            + "ld.shared.u32 %r3, [%rd3+4]; END: st.global.u32 [%rd2], %r1;",
            NoCode, "still being copied"),
        ("half_a_barrier", "setp.gt.u32 %p1, %r1, 3; @%p1 bar.sync 0;", IllegalInstruction, "a part of a warp"),
        ("parted_barriers",
            "setp.gt.u32 %p1, %r1, 3; @%p1 bra LATER; bar.sync 0; bra END; LATER: bar.sync 0; END: mov.u32 %r2, 0;",
            IllegalInstruction, "wait at different places"),
    ];

    public static TheoryData<string> Entries => [.. Faults.Select(fault => fault.Entry)];

    [Theory(Explicit = true)]
    [MemberData(nameof(Entries))]
    public void Fault_loses_the_device_and_a_new_one_works(string entry)
    {
        (_, string body, int code, _) = Faults.Single(fault => fault.Entry == entry);
        using (CudaDevice device = CudaDevices.Open())
        {
            using DeviceBuffer<int> values = device.Allocate<int>(8);
            device.Upload<int>([0, 1, 2, 3, 4, 5, 6, 7], values);
            Load(device, entry, body).Launch(entry, LaunchShape.Line(1, 8), values);
            if (code == NoCode)
            {
                device.Synchronize();
            }
            else
            {
                AssertLost(code, device.Synchronize);
                AssertLost(code, () => device.Download(values, new int[8].AsSpan()));
            }
        }

        using CudaDevice anew = CudaDevices.Open();
        using DeviceBuffer<int> one = anew.Allocate<int>(1);
        anew.Upload<int>([4], one);
        int[] read = new int[1];
        anew.Download(one, read.AsSpan());
        Assert.Equal(4, read[0]);
    }

    [Theory(Explicit = true)]
    [InlineData("frob.b32 %r2, %r1;", "frob")]
    [InlineData("mov.u32 %r9, 1;", "%r9")]
    [InlineData("bra NOWHERE;", "NOWHERE")]
    public void Text_that_is_none_is_refused_with_the_drivers_words(string body, string words)
    {
        using CudaDevice device = CudaDevices.Open();

        string message = Assert.Throws<KernelDeviceException>(() => Load(device, "wrong", body)).Message;

        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.Contains("CUDA_ERROR_INVALID_PTX", message, StringComparison.Ordinal);
    }

    private static void AssertLost(int code, Action action)
    {
        KernelDeviceException lost = Assert.Throws<KernelDeviceException>(action);
        Assert.True(lost.DeviceLost);
        Assert.Equal(code, lost.Code);
    }

    private static CudaProgram Load(CudaDevice device, string entry, string body)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $$"""
            .version 7.0
            .target sm_80
            .address_size 64
            .visible .entry {{entry}}( .param .u64 {{entry}}_param_0 )
            {
                .reg .pred %p<2>;
                .reg .b32 %r<4>;
                .reg .b64 %rd<6>;
                .shared .align 4 .b8 table[32];
                ld.param.u64 %rd1, [{{entry}}_param_0];
                mov.u32 %r1, %tid.x;
                mul.wide.u32 %rd4, %r1, 4;
                add.s64 %rd2, %rd1, %rd4;
                mov.u64 %rd3, table;
                add.s64 %rd3, %rd3, %rd4;
                {{body}}
                ret;
            }
            """);
        using CudaScope scope = device.Enter();
        return CudaProgram.Load(device, new KernelSource("Planted", text, entry, []), new CudaPtx(80, text));
    }
}
