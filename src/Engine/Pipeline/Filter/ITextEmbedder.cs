namespace Engine.Pipeline.Filter;

/// <summary>Turns texts into points of the same space as an <see cref="IImageEmbedder"/>'s.</summary>
public interface ITextEmbedder : IDisposable
{
    /// <summary>Length d of an embedding.</summary>
    int Width { get; }

    /// <summary>Embeds a batch of texts.</summary>
    /// <param name="texts">1 or more texts; a longer one than the model's context is cut and reported once.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One [d] f32 of L2 length 1 a text, in order.</returns>
    ValueTask<IReadOnlyList<float[]>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken stopping);
}
