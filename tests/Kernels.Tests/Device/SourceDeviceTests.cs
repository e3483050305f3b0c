using Kernels.Device;

namespace Kernels.Tests.Device;

/// <summary>Goal: a device that builds kernels from source keeps <see cref="ISourceDevice"/> too.</summary>
public abstract class SourceDeviceTests : KernelDeviceTests
{
    private const string Source = """
        KERNEL GROUP(16, 1, 1) void scale(GLOBAL int* values, int count, float factor, GLOBAL int* sum)
        {
            LOCAL int part[1];
            if (LOCAL_X == 0) { part[0] = 0; }
            BARRIER_LOCAL;
            if (GLOBAL_X < count)
            {
                values[GLOBAL_X] = TO_INT(factor * TO_FLOAT(values[GLOBAL_X])) + OFFSET;
                ATOMIC_ADD(part, 1);
            }
            BARRIER_LOCAL;
            if (LOCAL_X == 0 && sum != 0) { ATOMIC_ADD(sum, part[0]); }
        }
        KERNEL GROUP(1, 1, 1) void greedy(GLOBAL int* values)
        {
            LOCAL int much[12289];
            for (int i = 0; i < 12289; i++) { much[i] = values[i]; }
            BARRIER_LOCAL;
            for (int i = 0; i < 12289; i++) { values[i] = much[12288 - i]; }
        }
        """;

    protected abstract ISourceDevice OpenSource();

    protected sealed override IKernelDevice Open() => OpenSource();

    [Theory]
    [Trait("oclgrind", "yes")]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(83)]
    public void A_kernel_gets_its_arguments_and_definitions_and_runs_over_all_groups(int count)
    {
        using ISourceDevice device = OpenSource();
        using DeviceBuffer<int> values = device.Allocate<int>(count);
        using DeviceBuffer<int> sum = device.Allocate<int>(1);
        device.Upload<int>([.. Enumerable.Range(0, count)], values);
        device.Upload<int>([0], sum);
        IKernelProgram program = device.Build(Made("OFFSET", 7));

        program.Launch("scale", LaunchShape.Cover(count, 16), values, count, 3f, sum);
        program.Launch("scale", LaunchShape.Cover(count, 16), values, count, 1f, KernelArgument.Of(null));

        int[] actual = new int[count];
        int[] counted = new int[1];
        device.Download(values, actual.AsSpan());
        device.Download(sum, counted.AsSpan());
        Assert.Equal(Enumerable.Range(0, count).Select(value => (3 * value) + 14), actual);
        Assert.Equal(count, counted[0]);
    }

    [Fact]
    public void An_equal_source_is_built_once_and_another_definition_is_another_program()
    {
        using ISourceDevice device = OpenSource();

        IKernelProgram first = device.Build(Made("OFFSET", 1));

        Assert.Same(first, device.Build(Made("OFFSET", 1)));
        Assert.NotSame(first, device.Build(Made("OFFSET", 2)));
    }

    [Fact]
    public void A_wrong_name_or_number_of_arguments_is_refused()
    {
        using ISourceDevice device = OpenSource();
        using DeviceBuffer<int> values = device.Allocate<int>(1);
        IKernelProgram program = device.Build(Made("OFFSET", 1));

        Assert.Throws<ArgumentException>(() => program.Launch("nothing", LaunchShape.Line(1, 16), values));
        Assert.Throws<ArgumentException>(() => program.Launch("scale", LaunchShape.Line(1, 16), values, 1));
    }

    [Fact]
    public void A_source_that_does_not_compile_is_refused_with_the_compilers_words()
    {
        using ISourceDevice device = OpenSource();
        KernelSource wrong = Made("OFFSET", 1) with
        {
            Text = KernelSource.Header + "KERNEL void f() { no_such_thing; }",
        };

        KernelDeviceException refused = Assert.Throws<KernelDeviceException>(() => device.Build(wrong));

        Assert.Contains("no_such_thing", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.DeviceLost);
    }

    [Fact]
    public void A_kernel_with_more_local_memory_than_every_GPU_has_is_refused()
    {
        using ISourceDevice device = OpenSource();
        using DeviceBuffer<int> values = device.Allocate<int>(12_289);
        IKernelProgram program = device.Build(Made("OFFSET", 1));

        KernelDeviceException refused = Assert.Throws<KernelDeviceException>(
            () => program.Launch("greedy", LaunchShape.Line(1, 1), values));

        Assert.Contains("49156", refused.Message, StringComparison.Ordinal);
    }

    private static KernelSource Made(string name, int value) =>
        new("Test.cl", KernelSource.Header + Source, "Test", [new(name, value)]);
}
