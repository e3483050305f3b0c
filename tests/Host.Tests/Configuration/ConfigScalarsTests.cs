using FsCheck;
using FsCheck.Fluent;
using Engine.Runtimes.Onnx;
using Host.Configuration;

namespace Host.Tests.Configuration;

/// <summary>Goal: one way to read each kind of value, and what is not of the kind is refused, not rounded.</summary>
public sealed class ConfigScalarsTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("5min", 300_000)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("0s", 0)]
    public void Time_has_a_unit(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read<TimeSpan>(text));

    [Theory]
    [InlineData("512MiB", 512L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("64kB", 64_000)]
    [InlineData("1.5GiB", 3L << 29)]
    [InlineData("1_000", 1000)]
    public void Bytes_may_have_a_unit(string text, long bytes) => Assert.Equal(bytes, Read<long>(text, isBytes: true));

    [Theory]
    [InlineData(typeof(TimeSpan), "30")]
    [InlineData(typeof(TimeSpan), "-1s")]
    [InlineData(typeof(TimeSpan), "5 parsecs")]
    [InlineData(typeof(TimeSpan), "99999999999d")]
    [InlineData(typeof(long), "1.5B")]
    [InlineData(typeof(long), "0.1kB ")]
    [InlineData(typeof(long), "9999999TiB")]
    [InlineData(typeof(long), "1MIB")]
    [InlineData(typeof(int), "3000000000")]
    [InlineData(typeof(int), "1.0")]
    [InlineData(typeof(int), "0x10")]
    [InlineData(typeof(int), "_")]
    [InlineData(typeof(ulong), "-1")]
    [InlineData(typeof(bool), "yes")]
    [InlineData(typeof(OnnxProvider), "3")]
    public void What_is_not_of_the_kind_is_refused(Type type, string text)
    {
        object? value = ConfigScalars.Read(text, type, isBytes: type == typeof(long), out string? problem);

        Assert.Null(value);
        Assert.StartsWith($"is '{text}'; it must be ", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tensor_rt", OnnxProvider.TensorRt)]
    [InlineData("tensorrt", OnnxProvider.TensorRt)]
    [InlineData("TensorRT", OnnxProvider.TensorRt)]
    [InlineData("cpu", OnnxProvider.Cpu)]
    public void Choice_is_read_whatever_its_case(string text, OnnxProvider provider) =>
        Assert.Equal(provider, Read<OnnxProvider>(text));

    [Fact]
    public void Whole_number_is_read_exactly() =>
        Prop.ForAll<long>(number => Read<long>($"{number}") == number
            && Read<long>($"{number}", isBytes: true) == number)
            .Check(Config.QuickThrowOnFailure.WithReplay(20261121, 1));

    private static T Read<T>(string text, bool isBytes = false)
    {
        object? value = ConfigScalars.Read(text, typeof(T), isBytes, out string? problem);
        Assert.Null(problem);
        return (T)value!;
    }
}
