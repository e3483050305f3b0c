using System.Text;

namespace Kernels.Tests.Masks;

/// <summary>A mask of a test: shown as rows of . and # when a property fails on it.</summary>
internal sealed record TestMask(int Width, int Height, byte[] Values)
{
    public byte this[int x, int y] => Values[(y * Width) + x];

    public static TestMask Of(int width, int height, Func<int, int, bool> isSet)
    {
        byte[] values = new byte[width * height];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = isSet(i % width, i / width) ? (byte)1 : (byte)0;
        }

        return new TestMask(width, height, values);
    }

    public byte[] Copy() => [.. Values];

    public override string ToString()
    {
        StringBuilder text = new($"{Width} x {Height}\n");
        for (int y = 0; y < Height; y++)
        {
            text.AppendLine(string.Concat(Enumerable.Range(0, Width).Select(x => this[x, y] == 0 ? '.' : '#')));
        }

        return text.ToString();
    }
}
