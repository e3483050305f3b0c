namespace Engine.Runtimes.Diffusion.Text;

/// <summary>What the UNet is told of a text.</summary>
/// <param name="Hidden">[tokens, width] f32.</param>
/// <param name="Tokens">The encoder's context.</param>
/// <param name="Width">Width of a token's vector; of two encoders, the sum of theirs.</param>
/// <param name="Pooled">[d] f32, one vector for the whole text (SDXL); empty for models without.</param>
/// <param name="Cut">Tokens of the text that did not fit.</param>
internal sealed record TextEncoding(float[] Hidden, int Tokens, int Width, float[] Pooled, int Cut)
{
    /// <summary>What the encoding weighs in memory.</summary>
    public long Bytes => (4L * (Hidden.Length + Pooled.Length)) + 128;

    /// <summary>The encoding of the same shape that says nothing.</summary>
    public TextEncoding Zeros() =>
        this with { Hidden = new float[Hidden.Length], Pooled = new float[Pooled.Length], Cut = 0 };
}
