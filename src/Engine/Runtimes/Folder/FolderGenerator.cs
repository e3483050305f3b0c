using System.Globalization;
using System.Security.Cryptography;
using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Options;
using Engine.Pipeline.Generate;

namespace Engine.Runtimes.Folder;

/// <summary>Answers prompts with pictures that others put into a folder, each once.</summary>
/// <remarks>docs/spec/generators-remote.md has the layout. Text and seed are not used. Safe to call from several
/// workers at once.</remarks>
public sealed class FolderGenerator : IImageGenerator
{
    private readonly FolderOptions _options;
    private readonly TimeProvider _clock;
    private readonly FolderShelf _shelf = new();
    private readonly FolderWatch _watch;
    private readonly FolderMoves _moves;

    private FolderGenerator(string name, FolderOptions options, TimeProvider clock)
    {
        (Name, _options, _clock) = (name, options, clock);
        _watch = new FolderWatch(options, _shelf, clock);
        _moves = new FolderMoves(options.Folder);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int BatchMax => _options.BatchMax;

    /// <inheritdoc/>
    public long PictureBytesMax =>
        3 * Math.Min(_options.Limits.PixelsMax, (long)_options.Limits.SideMaxPx * _options.Limits.SideMaxPx);

    /// <summary>Opens a folder; takes one interval when there are pictures, to see that nobody still writes them.
    /// </summary>
    /// <param name="name">The configured name, for lineage and metrics.</param>
    /// <param name="options">The folder and how it is read.</param>
    /// <param name="clock">Times looks and waits.</param>
    /// <param name="stopping">Ends the opening.</param>
    /// <returns>The generator; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The folder is missing or cannot be read, or written where it must be.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read or written.</exception>
    public static async Task<FolderGenerator> OpenAsync(
        string name, FolderOptions options, TimeProvider clock, CancellationToken stopping)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(clock);
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        if (!Directory.Exists(options.Folder))
        {
            throw new DirectoryNotFoundException($"the folder of pictures {options.Folder} is not there");
        }

        FolderGenerator generator = new(name, options, clock);
        try
        {
            if (!options.ReadOnly)
            {
                generator._moves.Prepare();
            }

            await generator._watch.StartAsync(stopping).ConfigureAwait(false);
            return generator;
        }
        catch
        {
            generator.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The prompts of a call wait beside each other, so a category without pictures holds no other up for
    /// longer than the call.</remarks>
    public async ValueTask<IReadOnlyList<Outcome<Generated>>> GenerateAsync(
        IReadOnlyList<Prompt> prompts, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        return await Task.WhenAll(prompts.Select(prompt => GenerateAsync(prompt.Category, stopping)))
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    private async Task<Outcome<Generated>> GenerateAsync(string category, CancellationToken stopping)
    {
        long started = _clock.GetTimestamp();
        while (true)
        {
            // Asked for before the shelf is, or a look that ends between the two would be waited for in vain.
            Task look = _watch.NextLook;
            while (_shelf.Take(category) is { } file)
            {
                stopping.ThrowIfCancellationRequested();
                if (TryRead(file) is { } made)
                {
                    return Outcome.Keep(made);
                }
            }

            TimeSpan left = _options.Wait - _clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return Outcome.Drop<Generated>(RejectReason.NoSource, Nothing(category));
            }

            try
            {
                await look.WaitAsync(left, _clock, stopping).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // One last try: a look may have ended at the very same time.
            }
        }
    }

    private string Nothing(string category) => _watch.Problem is { } problem
        ? $"{_options.Folder} cannot be read: {problem}"
        : $"no picture of '{category}' in {_options.Folder} after {_options.Wait.TotalSeconds.ToString(
            CultureInfo.InvariantCulture)} s (wait)";

    /// <summary>Reads a file that was taken from the shelf.</summary>
    /// <returns>The picture; null when the file is changed, gone or bad, and the next one is to be tried.</returns>
    private Generated? TryRead(FolderFile file)
    {
        try
        {
            // Changed since the last look: it is being written again, and a later look finds it as another file.
            if (FolderFile.Now(file.Path) != file)
            {
                return null;
            }

            string? path = _options.ReadOnly ? file.Path : _moves.Move(file.Path, file.Category, FolderMoves.Taken);
            return path is null ? null : Read(file, path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null; // It may not be looked at or moved; the shelf does not give it again before the next start.
        }
    }

    private Generated? Read(FolderFile file, string path)
    {
        try
        {
            if (file.Bytes > _options.Limits.BytesMax)
            {
                throw new ImageException(
                    ImageFault.TooManyBytes, $"{file.Bytes} bytes; at most {_options.Limits.BytesMax} are read");
            }

            byte[] bytes = File.ReadAllBytes(path);
            RgbImage image = ImageCodec.DecodeRgb(bytes, _options.Limits);
            return new Generated(image, LineageOf(file, bytes, image));
        }
        catch (Exception cause) when (cause is ImageException or IOException or UnauthorizedAccessException)
        {
            if (!_options.ReadOnly)
            {
                _moves.Move(path, file.Category, FolderMoves.Bad);
            }

            return null;
        }
    }

    private static Dictionary<string, string> LineageOf(FolderFile file, byte[] bytes, RgbImage image)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        return new Dictionary<string, string>
        {
            ["file"] = $"{file.Category}/{file.Name}",
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            ["width"] = image.Width.ToString(plain),
            ["height"] = image.Height.ToString(plain),
        };
    }
}
