using Kernels.Device;
using Kernels.Device.OpenCl;
using Tests.Shared;

namespace Kernels.Tests.Device;

/// <summary>Goal: the cache of built programs helps and never harms. Method: real programs, and files made bad by hand.
/// </summary>
[Collection(nameof(OpenClDevices))]
public sealed class ProgramCacheTests : IDisposable
{
    private const string Text = "KERNEL GROUP(1, 1, 1) void put(GLOBAL int* values) { values[0] = WHAT; }";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_second_device_takes_what_the_first_built()
    {
        Assert.Equal(5, Put(5));
        DateTime old = DateTime.UtcNow.AddDays(-2);
        string file = Assert.Single(Files());
        File.SetLastWriteTimeUtc(file, old);

        Assert.Equal(5, Put(5));

        Assert.Equal(file, Assert.Single(Files()));
        Assert.True(File.GetLastWriteTimeUtc(file) > old.AddDays(1), "The file was not read.");
    }

    [Fact]
    public void Another_definition_is_another_file()
    {
        Assert.Equal(5, Put(5));
        Assert.Equal(6, Put(6));

        Assert.Equal(2, Files().Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(200)]
    public void A_file_cut_short_is_built_anew(int length)
    {
        Put(5);
        string file = Assert.Single(Files());
        byte[] whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..length]);

        Assert.Equal(5, Put(5));

        Assert.True(File.ReadAllBytes(file).Length > 200);
    }

    [Fact]
    public void A_file_with_a_wrong_byte_is_built_anew()
    {
        Put(5);
        string file = Assert.Single(Files());
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^10] ^= 1;
        File.WriteAllBytes(file, bytes);

        Assert.Equal(5, Put(5));

        Assert.NotEqual(bytes, File.ReadAllBytes(file));
    }

    [Fact]
    public void A_folder_that_is_a_file_means_no_cache_and_no_error()
    {
        string path = _folder.File("taken");
        File.WriteAllText(path, "");

        using OpenClDevice device = OpenClDevices.Open(path);

        Assert.Equal(5, Put(device, 5));
    }

    [Fact]
    public void Old_files_and_those_above_the_bound_go()
    {
        ProgramCache cache = new(_folder.Path);
        for (int index = 0; index < 300; index++)
        {
            string file = _folder.File($"{index}.clbin");
            File.WriteAllText(file, "x");
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-index));
        }

        cache.Write("new", [1, 2, 3]);

        Assert.Equal([1, 2, 3], cache.Read("new")!);
        Assert.InRange(Files().Length, 85, 91);

        foreach (int index in Enumerable.Range(0, 300))
        {
            File.WriteAllText(_folder.File($"{index}.clbin"), "x");
        }

        cache.Write("new", [1]);

        Assert.Equal(256, Files().Length);
        Assert.Equal([1], cache.Read("new")!);
    }

    private string[] Files() => Directory.GetFiles(_folder.Path, "*.clbin");

    private int Put(int what)
    {
        using OpenClDevice device = OpenClDevices.Open(_folder.Path);
        return Put(device, what);
    }

    private static int Put(OpenClDevice device, int what)
    {
        using DeviceBuffer<int> values = device.Allocate<int>(1);
        int[] actual = new int[1];
        IKernelProgram program = device.Build(
            new KernelSource("Put.cl", KernelSource.Header + Text, "Put", [new("WHAT", what)]));
        program.Launch("put", LaunchShape.Line(1, 1), values);
        device.Download(values, actual.AsSpan());
        return actual[0];
    }
}
