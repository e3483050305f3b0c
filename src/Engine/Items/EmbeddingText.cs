using System.Buffers.Binary;

namespace Engine.Items;

/// <summary>An embedding as text: f16, little endian, in base64. 2,048 characters for D = 768.</summary>
public static class EmbeddingText
{
    /// <summary>Writes an embedding.</summary>
    /// <param name="values">[D] f32, each rounded to the nearest f16.</param>
    public static string Of(ReadOnlySpan<float> values)
    {
        byte[] bytes = new byte[values.Length * 2];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteHalfLittleEndian(bytes.AsSpan(i * 2), (Half)values[i]);
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>Reads one back.</summary>
    /// <param name="text">What <see cref="Of"/> wrote.</param>
    /// <param name="width">D.</param>
    /// <returns>[D] f32; null where the text is no base64 of so many finite values.</returns>
    public static float[]? Read(string text, int width)
    {
        ArgumentNullException.ThrowIfNull(text);
        byte[] bytes = new byte[width * 2];
        if (!Convert.TryFromBase64String(text, bytes, out int written) || written != bytes.Length)
        {
            return null;
        }

        float[] values = new float[width];
        for (int i = 0; i < width; i++)
        {
            values[i] = (float)BinaryPrimitives.ReadHalfLittleEndian(bytes.AsSpan(i * 2));
        }

        return Array.TrueForAll(values, float.IsFinite) ? values : null;
    }
}
