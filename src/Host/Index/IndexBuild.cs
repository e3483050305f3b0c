using Engine.Flow;
using Engine.Imaging;
using Engine.Index;
using Engine.Index.Sources;
using Engine.Items;
using Engine.Runtimes.Embed;
using Host.Lifecycle;

namespace Host.Index;

/// <summary>Builds an index, or adds to one, and says how it goes.</summary>
internal static class IndexBuild
{
    /// <summary>Builds.</summary>
    /// <param name="request">What of.</param>
    /// <param name="stopping">Ends it; the same command goes on from there.</param>
    public static async Task<ExitCode> RunAsync(IndexBuildRequest request, CancellationToken stopping)
    {
        if (Wrong(request) is { } wrong)
        {
            await Console.Error.WriteLineAsync($"headwater index: {wrong}").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        using OnnxImageEmbedder embedder = await OnnxImageEmbedder.LoadAsync(
            "embedder", new EmbedderOptions { Model = request.Model, BatchMax = request.Batch }, stopping)
            .ConfigureAwait(false);
        await using IRealSource? real = await OpenAsync(request, stopping).ConfigureAwait(false);
        IndexSource source = real is null
            ? await IndexSources.OfEmbeddingsAsync(
                request.Npy ?? string.Join(", ", request.Shards), () => Embeddings(request), stopping)
                .ConfigureAwait(false)
            : IndexSources.Of(request.Coco ?? request.Folder!, real, request.Recipe, ImageLimits.Default);
        using RealIndex? before = request.Adds ? RealIndex.Open(request.Path) : null;
        if (before is not null)
        {
            CheckSame(before, embedder, request);
            source = IndexSources.Both(IndexSources.Of(before), source);
        }

        IndexBuilder builder = new(
            new IndexBuildOptions(
                request.Path, embedder.Revision, before?.Info.Recipe ?? request.RecipeText, embedder.Width,
                request.Batch)
            {
                Type = before?.Rows.Type ?? request.Type,
            },
            (pictures, token) => EmbedAsync(embedder, pictures, token));
        IndexProgressLine line = new(Console.Error, TimeProvider.System);
        IndexInfo info = await builder.BuildAsync(source, line.Show, stopping).ConfigureAwait(false);
        line.End();
        foreach (string problem in builder.SkippedNames.Concat(real?.Problems.Listed ?? []))
        {
            await Console.Error.WriteLineAsync($"left out: {problem}").ConfigureAwait(false);
        }

        long leftOut = info.Skipped.Values.Sum() + (real?.Problems.Total ?? 0);
        await Console.Out.WriteLineAsync(
            $"{info.Categories.Sum(category => category.Count)} rows of {info.Categories.Count} categories in "
            + $"{request.Path}; left out {leftOut}").ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static string? Wrong(IndexBuildRequest request)
    {
        bool[] sources =
            [request.Coco is not null, request.Folder is not null, request.Npy is not null, request.Shards.Count > 0];
        return sources.Count(isGiven => isGiven) != 1
            ? "name one source: --coco, --folder, --npy or --webdataset"
            : (request.Coco is null) != (request.Images is null) ? "--coco and --images go together"
            : (request.Npy is null) != (request.Ids is null) ? "--npy and --ids go together"
            : request.Batch is < 1 or > 1024 ? $"--batch is {request.Batch}; it must be 1 to 1024"
            : null;
    }

    private static void CheckSame(RealIndex before, OnnxImageEmbedder embedder, IndexBuildRequest request)
    {
        if (before.Info.EmbedderRevision != embedder.Revision)
        {
            throw new IndexFileException(
                request.Path, $"it was made with model {before.Info.EmbedderRevision}; --model is {embedder.Revision}");
        }

        if (before.Info.Recipe != request.RecipeText && request.RecipeText != "as given")
        {
            throw new IndexFileException(
                request.Path,
                $"its pictures were prepared as '{before.Info.Recipe}'; these would be as '{request.RecipeText}'");
        }
    }

    private static async Task<IRealSource?> OpenAsync(IndexBuildRequest request, CancellationToken stopping) =>
        request.Coco is { } coco
            ? await CocoSource.OpenAsync(
                new CocoSourceOptions { AnnotationsFile = coco, ImageFolder = request.Images }, stopping)
                .ConfigureAwait(false)
            : request.Folder is { } folder ? FolderSource.Open(folder) : null;

    private static IEmbeddingSource Embeddings(IndexBuildRequest request) => request.Npy is { } npy
        ? NpySource.Open(new NpySourceOptions { EmbeddingsFile = npy, IdsFile = request.Ids! })
        : new WebDatasetSource(request.Shards);

    private static async ValueTask<IReadOnlyList<float[]?>> EmbedAsync(
        OnnxImageEmbedder embedder, IReadOnlyList<RgbImage> pictures, CancellationToken stopping)
    {
        List<float[]?> rows = [];
        foreach (RgbImage[] some in pictures.Chunk(embedder.BatchMax))
        {
            IReadOnlyList<Outcome<float[]>> embedded = await embedder.EmbedAsync(some, stopping).ConfigureAwait(false);
            rows.AddRange(embedded.Select(one => one.Value));
        }

        return rows;
    }
}
