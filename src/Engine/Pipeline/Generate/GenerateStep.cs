using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Generate;

/// <summary>The generate stage: prompts in, pictures out; a picture that shows nothing is dropped.</summary>
/// <param name="generator">What makes the pictures; owned by the caller.</param>
public sealed class GenerateStep(IImageGenerator generator)
{
    /// <summary>Prompts the generator takes in one call.</summary>
    public int BatchMax => generator.BatchMax;

    /// <summary>Makes one picture a prompt.</summary>
    /// <param name="prompts">1 or more; more than <see cref="BatchMax"/> are made in several calls.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One outcome a prompt, in order: a picture, or a drop (blank, and the generator's own).</returns>
    /// <exception cref="InvalidOperationException">The generator answered for fewer prompts than given.</exception>
    public async ValueTask<IReadOnlyList<Outcome<Picture>>> RunAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        List<Outcome<Picture>> outcomes = new(prompts.Count);
        foreach (Prompt[] batch in prompts.Chunk(BatchMax))
        {
            IReadOnlyList<Outcome<Generated>> made =
                await generator.GenerateAsync(batch, stopping).ConfigureAwait(false);
            if (made.Count != batch.Length)
            {
                throw new InvalidOperationException(
                    $"Generator '{generator.Name}' answered for {made.Count} of {batch.Length} prompts.");
            }

            for (int i = 0; i < batch.Length; i++)
            {
                outcomes.Add(Judge(batch[i], made[i]));
            }
        }

        return outcomes;
    }

    private Outcome<Picture> Judge(Prompt prompt, Outcome<Generated> made)
    {
        if (made.DropReason is { } reason)
        {
            return Outcome.Drop<Picture>(reason, made.Detail);
        }

        RgbImage image = made.Value!.Image;
        return image.IsOfOneColour
            ? Outcome.Drop<Picture>(RejectReason.Blank, $"every pixel is RGB {Colour(image.Pixels)}")
            : Outcome.Keep(new Picture(prompt, image, generator.Name, made.Value.Lineage));
    }

    private static string Colour(ReadOnlySpan<byte> pixels) => $"{pixels[0]} {pixels[1]} {pixels[2]}";
}
