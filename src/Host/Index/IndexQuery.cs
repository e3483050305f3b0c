using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Filter;
using Engine.Runtimes.Embed;
using Engine.Runtimes.Real;
using Host.Configuration;
using Host.Lifecycle;
using Kernels.Device;

namespace Host.Index;

/// <summary>Finds the real pictures that are most like one.</summary>
internal static class IndexQuery
{
    /// <summary>Prints the neighbours, the most like first.</summary>
    /// <param name="path">The index.</param>
    /// <param name="model">The embedder's folder.</param>
    /// <param name="picture">The picture's file.</param>
    /// <param name="category">Among which; null for all.</param>
    /// <param name="count">How many, 1 to 64.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task<ExitCode> RunAsync(
        string path, string model, string picture, string? category, int count, CancellationToken stopping)
    {
        if (count is < 1 or > 64)
        {
            await Console.Error.WriteLineAsync($"headwater index: --count is {count}; it must be 1 to 64")
                .ConfigureAwait(false);
            return ExitCode.Usage;
        }

        using OnnxImageEmbedder embedder = await OnnxImageEmbedder.LoadAsync(
            "embedder", new EmbedderOptions { Model = model, BatchMax = 1 }, stopping).ConfigureAwait(false);
        KernelOptions kernels = new();
        using IKernelDevice device = kernels.Open(kernels.Find());
        using IndexPictures index = IndexPictures.Open(path, device, embedder.Revision, embedder.Width);
        RgbImage image = ImageCodec.DecodeRgb(
            await File.ReadAllBytesAsync(picture, stopping).ConfigureAwait(false), ImageLimits.Default);
        Outcome<float[]> point = (await embedder.EmbedAsync([image], stopping).ConfigureAwait(false))[0];
        if (point.Value is not { } values)
        {
            await Console.Error.WriteLineAsync($"headwater index: {picture} gives no finite embedding")
                .ConfigureAwait(false);
            return ExitCode.Unavailable;
        }

        if (category is not null)
        {
            await Console.Out.WriteLineAsync(index.Mean(category, values) is { } mean
                ? $"mean cosine to {category}: {mean:F4}"
                : $"the index has no category '{category}'").ConfigureAwait(false);
        }

        foreach (RealNeighbour neighbour in index.Nearest(category, values, count))
        {
            await Console.Out.WriteLineAsync($"{neighbour.Cosine:F4} {neighbour.Id}").ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }
}
