using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Generate;
using Kernels.Compositing;

namespace Engine.Runtimes.CopyPaste;

/// <summary>Makes whole training pictures of accepted samples and real pictures. Safe from several threads.</summary>
/// <remarks>
/// Picture k is a function of the seed, the real pictures and the samples up to k times samples_per_picture, so it can
/// be made again at any time and by anybody: nothing of it is stored. (1) draw a real picture; (2) draw how many
/// objects; (3) for each a category, evenly among those of the window, and a sample of it; (4) its size, side and
/// place; (5) paste them in order; (6) leave out the annotations of what is hardly seen any more.
/// </remarks>
public sealed class CopyPaste : IAsyncDisposable
{
    private const int TriesMax = 16; // Real pictures tried before giving up: a folder may have lost some.
    private const ulong Spread = 0x9E3779B97F4A7C15;

    private readonly CopyPasteOptions _options;
    private readonly ISamplePool _pool;
    private readonly IBackgrounds _backgrounds;
    private readonly PoolWindow _window;
    private readonly Composer _composer;
    private readonly ulong _seed;

    internal CopyPaste(
        CopyPasteOptions options, IBackgrounds backgrounds, ISamplePool pool, IComposite composite, ulong seed)
    {
        (_options, _backgrounds, _pool, _seed) = (options, backgrounds, pool, seed);
        _window = new PoolWindow(pool, options.PoolSamples);
        _composer = new Composer(composite, options);
    }

    /// <summary>Real pictures.</summary>
    public int Backgrounds => _backgrounds.Count;

    internal IBackgrounds Source => _backgrounds;

    /// <summary>Opens the data set.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="pool">The accepted samples; owned by the caller.</param>
    /// <param name="composite">The kernel; owned by the caller.</param>
    /// <param name="categories">The plan's categories: those that the data set lacks are numbered after its own.
    /// </param>
    /// <param name="seed">Seeds every picture.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>The maker; the caller disposes it.</returns>
    /// <exception cref="InvalidDataException">The json is broken, or none of its pictures is in the folder.</exception>
    /// <exception cref="IOException">The json cannot be read.</exception>
    public static async Task<CopyPaste> OpenAsync(
        CopyPasteOptions options, ISamplePool pool, IComposite composite, IEnumerable<string> categories, ulong seed,
        CancellationToken stopping) =>
        new(
            options, await CocoBackgrounds.OpenAsync(options, categories, stopping).ConfigureAwait(false), pool,
            composite, seed);

    /// <summary>Makes picture k as a sample of the wire: a JPEG, no mask, the annotations as JSON.</summary>
    /// <param name="position">k, from 1.</param>
    /// <param name="stopping">Ends the work.</param>
    /// <returns>The picture, owned by the caller.</returns>
    /// <exception cref="InvalidDataException">None of the real pictures tried could be read.</exception>
    public async ValueTask<Sample> MakeAsync(long position, CancellationToken stopping)
    {
        ComposedPicture made = await ComposeAsync(position, stopping).ConfigureAwait(false);
        string key = $"composed-{position:D12}";
        return new Sample
        {
            Key = key,
            Category = "",
            PromptId = "",
            Attempt = 0,
            Image = ImageCodec.EncodeJpeg(made.Image, _options.Quality),
            ImageExtension = "jpg",
            MaskPng = default,
            Json = ComposedJson.Write(position, key + ".jpg", made, _backgrounds),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_backgrounds is IAsyncDisposable own)
        {
            await own.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal async ValueTask<ComposedPicture> ComposeAsync(long position, CancellationToken stopping)
    {
        ulong seed = _seed + ((ulong)position * Spread);
        Background background = await BackgroundAsync(new SeededRandom(seed), stopping).ConfigureAwait(false); // (1)
        IReadOnlyList<IReadOnlyList<StoredSample>> window = _window.At(position * _options.SamplesPerPicture);

        // Its own numbers: how many pictures were tried must not change what is pasted.
        SeededRandom random = new(seed ^ ulong.MaxValue);
        int count = window.Count == 0 ? 0 : random.Below(_options.PastesMax + 1); // (2)
        List<PlacedCutOut> placed = [];
        for (int i = 0; i < count; i++)
        {
            StoredSample drawn = PoolWindow.Draw(window, ref random); // (3)
            ulong ownSeed = random.NextSeed();
            if (await PlaceAsync(drawn, background, ownSeed, stopping).ConfigureAwait(false) is { } one) // (4)
            {
                placed.Add(one);
            }
        }

        return _composer.Run(background, placed); // (5), (6)
    }

    private async ValueTask<Background> BackgroundAsync(SeededRandom random, CancellationToken stopping)
    {
        for (int i = 0; i < TriesMax; i++)
        {
            int place = random.Below(_backgrounds.Count);
            if (await _backgrounds.ReadAsync(place, stopping).ConfigureAwait(false) is { } background)
            {
                return background;
            }
        }

        throw new InvalidDataException(
            $"{TriesMax} of the {_backgrounds.Count} pictures in {_options.Images} were tried, and none could be read "
            + "or had the size that the json says.");
    }

    private async ValueTask<PlacedCutOut?> PlaceAsync(
        StoredSample drawn, Background background, ulong seed, CancellationToken stopping)
    {
        if (await _pool.ReadAsync(drawn, stopping).ConfigureAwait(false) is not { } sample)
        {
            return null;
        }

        SeededRandom random = new(seed);
        return PlacedCutOut.Draw(
            CutOut.Of(drawn, sample), _backgrounds.Sizes.Of(drawn.Category),
            (background.Image.Width, background.Image.Height), _options.MirroredShare, ref random);
    }
}
