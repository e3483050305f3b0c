using System.Diagnostics;
using System.Runtime.InteropServices;
using Kernels.Bench;
using Kernels.Device;
using Kernels.Masks;

namespace Host.Bench;

/// <summary>Masks to make of logits, and what that took.</summary>
/// <param name="Pictures">B.</param>
/// <param name="Side">Columns and rows of the logits.</param>
/// <param name="TargetSide">Columns and rows of the masks.</param>
internal sealed record MaskCase(int Pictures, int Side, int TargetSide)
{
    private static readonly MaskChainOptions Options = new();

    private readonly float[] _logits = MaskChainLogits.Of(Pictures, Side, Side);

    /// <summary>Writes the logits for another program.</summary>
    /// <param name="path">The file.</param>
    public void Write(string path) => File.WriteAllBytes(path, MemoryMarshal.AsBytes(_logits.AsSpan()).ToArray());

    /// <summary>Times the chain on a device, after the first picture was compared with the reference.</summary>
    /// <param name="device">The device.</param>
    /// <param name="repeats">Runs whose median counts.</param>
    /// <returns>Seconds of one batch.</returns>
    /// <exception cref="KernelDeviceException">A mask is wrong, so that the time means nothing.</exception>
    public double Seconds(IKernelDevice device, int repeats)
    {
        uint[] bits = new uint[Pictures * MaskBits.Words(TargetSide) * TargetSide];
        MaskRecord[] records = new MaskRecord[Pictures];
        using IMaskChain chain = MaskChain.On(device);
        chain.Run(_logits, Side, Side, Options, TargetSide, TargetSide, bits, records);
        Check(bits, records[0]);
        double[] seconds = new double[repeats];
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            long started = Stopwatch.GetTimestamp();
            chain.Run(_logits, Side, Side, Options, TargetSide, TargetSide, bits, records);
            seconds[repeat] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return seconds.Order().ElementAt(repeats / 2);
    }

    /// <summary>Times the chain on logits that are on the device already, by the device's own marks: without bringing
    /// the logits there and the masks back, which the bus bounds.</summary>
    /// <param name="device">The device.</param>
    /// <param name="repeats">Runs whose median counts.</param>
    /// <returns>Seconds of one batch.</returns>
    public double SecondsThere(ISourceDevice device, int repeats)
    {
        uint[] first = new uint[MaskBits.Words(TargetSide) * TargetSide];
        MaskRecord[] records = new MaskRecord[Pictures];
        using SourceMaskChain chain = new(device);
        using DeviceBuffer<float> logits = device.Allocate<float>(_logits.Length);
        device.Upload<float>(_logits, logits);
        double[] seconds = new double[repeats + 1];
        for (int repeat = 0; repeat <= repeats; repeat++)
        {
            using IKernelEvent start = device.Record();
            chain.Run(logits, Side, Side, Options, TargetSide, TargetSide, records);
            using IKernelEvent end = device.Record();
            seconds[repeat] = end.Since(start).TotalSeconds;
        }

        chain.Fetch(0, first);
        Check(first, records[0]);
        return seconds.Skip(1).Order().ElementAt(repeats / 2); // The first one brings the taps there.
    }

    private void Check(ReadOnlySpan<uint> bits, MaskRecord record)
    {
        using MaskChainReference reference = new();
        uint[] expected = new uint[MaskBits.Words(TargetSide) * TargetSide];
        MaskRecord[] expectedRecord = new MaskRecord[1];
        reference.Run(
            _logits.AsSpan(0, Side * Side), Side, Side, Options, TargetSide, TargetSide, expected, expectedRecord);
        if (expectedRecord[0] != record || !expected.AsSpan().SequenceEqual(bits[..expected.Length]))
        {
            throw new KernelDeviceException($"The first mask has {record}; the reference has {expectedRecord[0]}.");
        }
    }
}
