using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline.Generate;

/// <summary>Makes pictures from prompts.</summary>
/// <remarks>Called by as many batches at once as the generate stage has workers; an implementation that can make only
/// one at a time lets the others wait, and may let the parts of two overlap.</remarks>
public interface IImageGenerator : IDisposable
{
    /// <summary>The configured name, for lineage and metrics.</summary>
    string Name { get; }

    /// <summary>Prompts taken at most in one call, at least 1.</summary>
    int BatchMax { get; }

    /// <summary>Bytes of the largest picture it returns, 3 a pixel: what a prompt reserves in the stage.</summary>
    long PictureBytesMax { get; }

    /// <summary>Makes one picture a prompt. A picture depends on its own prompt and seed only.</summary>
    /// <param name="prompts">1 to <see cref="BatchMax"/> prompts, each with its seed.</param>
    /// <param name="stopping">Cancelled when the line stops.</param>
    /// <returns>One outcome a prompt, in the prompts' order.</returns>
    ValueTask<IReadOnlyList<Outcome<Generated>>> GenerateAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping);
}
