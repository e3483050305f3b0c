namespace Engine.Tests.Index;

/// <summary>A stream that gives a few bytes at a time, so that every token is cut somewhere.</summary>
internal sealed class ChunkedStream(byte[] bytes, int chunk) : MemoryStream(bytes)
{
    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(chunk, buffer.Length)]);
}
