using Engine.Imaging;
using Engine.Items;

namespace Engine.Runtimes;

/// <summary>Makes what a vision model takes of a picture: planes of normalised f32.</summary>
internal static class PictureTensor
{
    /// <summary>ImageNet's mean of each channel on 0 to 1.</summary>
    public static readonly float[] ImageNetMean = [0.485f, 0.456f, 0.406f];

    /// <summary>ImageNet's standard deviation of each channel on 0 to 1.</summary>
    public static readonly float[] ImageNetStd = [0.229f, 0.224f, 0.225f];

    /// <summary>Resizes a picture and writes it to the upper left of a frame as (v / white - mean) / std.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="content">The size the picture is brought to, at most the frame.</param>
    /// <param name="frame">The frame's size; what the content leaves free is 0.</param>
    /// <param name="kernel">How the picture is resized.</param>
    /// <param name="mean">Mean of R, G, B on 0 to 1.</param>
    /// <param name="std">Standard deviation of R, G, B on 0 to 1.</param>
    /// <param name="byLargest">True: white is the largest value of the resized picture; false: 255.</param>
    /// <returns>[3, frame height, frame width] f32.</returns>
    public static float[] Make(
        RgbImage image, (int Width, int Height) content, (int Width, int Height) frame, ResizeKernel kernel,
        IReadOnlyList<float> mean, IReadOnlyList<float> std, bool byLargest = false)
    {
        RgbImage resized = ImageResize.Resize(image, content.Width, content.Height, kernel);
        float white = byLargest ? Math.Max(1f, Largest(resized.Pixels)) : 255;
        int plane = frame.Width * frame.Height;
        float[] tensor = new float[3 * plane];
        float[] byValue = new float[3 * 256];
        for (int i = 0; i < byValue.Length; i++)
        {
            (int channel, int value) = (i / 256, i % 256);
            byValue[i] = ((value / white) - mean[channel]) / std[channel];
        }

        WritePlanes(resized, byValue, tensor, frame.Width, plane);
        return tensor;
    }

    /// <summary>Writes a picture's channels to planes, each byte as a table says.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="byValue">[3, 256] f32: what a byte of a channel becomes.</param>
    /// <param name="target">Receives [3, plane] f32; the picture is at the upper left of each plane.</param>
    /// <param name="rowLength">Numbers a row of a plane has, at least the picture's width.</param>
    /// <param name="plane">Numbers a plane has.</param>
    public static void WritePlanes(
        RgbImage image, ReadOnlySpan<float> byValue, Span<float> target, int rowLength, int plane)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            ReadOnlySpan<float> table = byValue.Slice(channel * 256, 256);
            for (int y = 0; y < image.Height; y++)
            {
                Span<float> row = target.Slice((channel * plane) + (y * rowLength), image.Width);
                ReadOnlySpan<byte> pixels = image.Pixels.AsSpan((y * image.Width * 3) + channel);
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = table[pixels[x * 3]];
                }
            }
        }
    }

    private static byte Largest(ReadOnlySpan<byte> values)
    {
        byte largest = 0;
        foreach (byte value in values)
        {
            largest = Math.Max(largest, value);
        }

        return largest;
    }
}
