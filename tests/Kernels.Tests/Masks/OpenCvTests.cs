using System.Runtime.InteropServices;
using Kernels.Masks;
using Tests.Shared;

namespace Kernels.Tests.Masks;

/// <summary>
/// Goal: the mask kernels give what OpenCV gives, bit for bit, and the upsampling within 1e-5 of the range. Method: all
/// cases of an operation go through a file to one Python process. Skips itself where python3 has no cv2.
/// </summary>
public sealed class OpenCvTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 2)]
    [InlineData(0, 16)]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    public async Task Erosion_and_dilation_equal_OpenCV(int operation, int radius)
    {
        await EqualAsync(operation, radius, mask =>
        {
            byte[] values = mask.Copy();
            if (operation == 0)
            {
                Morphology.Erode(values, mask.Width, mask.Height, radius);
            }
            else
            {
                Morphology.Dilate(values, mask.Width, mask.Height, radius);
            }

            return values;
        });
    }

    [Fact]
    public async Task Largest_part_equals_OpenCV()
    {
        await EqualAsync(operation: 2, argument: 0, mask =>
        {
            byte[] values = mask.Copy();
            LargestComponent.Keep(values, mask.Width, mask.Height);
            return values;
        });
    }

    [Fact]
    public async Task Filled_holes_equal_OpenCV()
    {
        await EqualAsync(operation: 3, argument: 0, mask =>
        {
            byte[] values = mask.Copy();
            FillHoles.Run(values, mask.Width, mask.Height);
            return values;
        });
    }

    [Theory]
    [InlineData(256, 256, 1024, 1024)]
    [InlineData(64, 48, 333, 500)]
    [InlineData(1, 5, 3, 17)]
    public async Task Upsampling_equals_OpenCV_within_1e_5_of_the_range(
        int width, int height, int targetWidth, int targetHeight)
    {
        float[] source = BilinearUpsampleTests.Values(width * height, seed: 3);
        float[] actual = new float[targetWidth * targetHeight];
        byte[] values = MemoryMarshal.AsBytes(source.AsSpan()).ToArray();

        BilinearUpsample.Run(source, width, height, actual, targetWidth, targetHeight);

        byte[] answers = await AskAsync([Case(4, width, height, targetWidth, targetHeight, values)]);
        float[] expected = MemoryMarshal.Cast<byte, float>(answers).ToArray();
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(expected.Zip(actual, (left, right) => Math.Abs(left - right)).Max() <= 40 * 1e-5f);
    }

    private async Task EqualAsync(int operation, int argument, Func<TestMask, byte[]> run)
    {
        TestMask[] masks = [.. TestMasks.Adversarial, .. Noise()];
        byte[] answers = await AskAsync(
            masks.Select(mask => Case(operation, mask.Width, mask.Height, argument, 0, mask.Values)));

        int offset = 0;
        foreach (TestMask mask in masks)
        {
            byte[] expected = answers[offset..(offset += mask.Values.Length)];
            Assert.True(expected.SequenceEqual(run(mask)), mask.ToString());
        }
    }

    private static IEnumerable<TestMask> Noise() => Enumerable.Range(0, 200).Select(seed =>
    {
        Random random = new(seed);
        double density = random.NextDouble();
        return TestMask.Of(random.Next(1, 90), random.Next(1, 90), (_, _) => random.NextDouble() < density);
    });

    private async Task<byte[]> AskAsync(IEnumerable<byte[]> cases)
    {
        if (!File.Exists(Python) || (await Command.RunAsync(Python, ["-c", "import cv2, numpy"])).ExitCode != 0)
        {
            Assert.Skip("This compares with OpenCV: install python3-opencv and python3-numpy for /usr/bin/python3.");
        }

        (string asked, string answered) = (_folder.File("cases"), _folder.File("answers"));
        await File.WriteAllBytesAsync(asked, cases.SelectMany(bytes => bytes).ToArray());
        string script = Repository.Path("tests", "Kernels.Tests", "Masks", "opencv.py");
        Command command = await Command.RunAsync(Python, [script, asked, answered]);
        Assert.True(command.ExitCode == 0, command.Error);
        return await File.ReadAllBytesAsync(answered);
    }

    private static byte[] Case(int operation, int width, int height, int first, int second, byte[] values) =>
        [.. MemoryMarshal.AsBytes<int>([operation, width, height, first, second]), .. values];
}
