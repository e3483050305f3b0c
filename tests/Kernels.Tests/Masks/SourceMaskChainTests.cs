using Kernels.Device;
using Kernels.Masks;

namespace Kernels.Tests.Masks;

/// <summary>Goal: what a device does with logits that it has already is what it does with those that are brought.
/// </summary>
public abstract class SourceMaskChainTests : MaskChainTests
{
    private static readonly MaskChainCase Batch =
        new(3, 19, 23, 70, 41, new MaskChainOptions { ErodePx = 1 }, Seed: 7);

    /// <summary>The device; the subclass owns it.</summary>
    protected abstract ISourceDevice Device { get; }

    [Fact]
    [Trait("oclgrind", "yes")]
    public void Logits_on_the_device_give_the_same_records_and_masks_one_by_one()
    {
        SourceMaskChain chain = (SourceMaskChain)Chain;
        float[] logits = Batch.Logits();
        (uint[] expected, MaskRecord[] expectedRecords) = RunOn(chain, Batch, logits);
        using DeviceBuffer<float> there = Device.Allocate<float>(logits.Length + 5); // More than is needed.
        Device.Upload<float>(logits, there);
        MaskRecord[] records = new MaskRecord[Batch.Pictures];

        chain.Run(there, Batch.Width, Batch.Height, Batch.Options, Batch.TargetWidth, Batch.TargetHeight, records);

        Assert.Equal(expectedRecords, records);
        uint[] mask = new uint[Batch.Words];
        foreach (int picture in (int[])[2, 0, 1])
        {
            chain.Fetch(picture, mask);
            Assert.True(expected.AsSpan(picture * Batch.Words, Batch.Words).SequenceEqual(mask), $"picture {picture}");
        }
    }

    [Fact]
    public void What_is_not_on_the_device_is_refused_with_the_numbers()
    {
        SourceMaskChain chain = (SourceMaskChain)Chain;
        using DeviceBuffer<float> little = Device.Allocate<float>(11);
        MaskRecord[] two = new MaskRecord[2];
        MaskChainOptions options = new();

        Assert.Contains("11 values", Assert.Throws<ArgumentException>(
            () => chain.Run(little, 2, 3, options, 4, 4, two)).Message, StringComparison.Ordinal);
        chain.Run(little, 2, 2, options, 4, 4, two);
        Assert.Throws<ArgumentOutOfRangeException>(() => chain.Fetch(2, new uint[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => chain.Fetch(-1, new uint[4]));
        Assert.Contains("3 values", Assert.Throws<ArgumentException>(
            () => chain.Fetch(1, new uint[3])).Message, StringComparison.Ordinal);

        _ = RunOn(chain, Batch, Batch.Logits()); // The masks that stayed there are gone now.
        Assert.Throws<ArgumentOutOfRangeException>(() => chain.Fetch(0, new uint[4]));
    }
}
