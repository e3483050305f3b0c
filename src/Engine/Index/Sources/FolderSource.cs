using System.Runtime.CompilerServices;

namespace Engine.Index.Sources;

/// <summary>A folder with one folder a category, each picture one object that fills it.</summary>
/// <remarks>Categories and pictures come by the order of their names and are numbered from 1 in it.</remarks>
public sealed class FolderSource : IRealSource
{
    private static readonly string[] Endings = [".png", ".jpg", ".jpeg", ".webp"];

    private readonly List<(string Folder, RealCategory Category)> _categories = [];

    private FolderSource()
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<RealCategory> Categories => [.. _categories.Select(one => one.Category)];

    /// <inheritdoc/>
    public long? InstancesMax => _categories.Sum(one => one.Category.Instances);

    /// <inheritdoc/>
    public SourceProblems Problems { get; } = new();

    /// <summary>Lists the folders and counts their pictures.</summary>
    /// <param name="folder">The folder of folders.</param>
    /// <exception cref="DirectoryNotFoundException">It is not there.</exception>
    public static FolderSource Open(string folder)
    {
        FolderSource source = new();
        foreach (string path in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            RealCategory category = new(
                source._categories.Count + 1, Path.GetFileName(path), Frequency: null, Pictures(path).LongCount());
            source._categories.Add((path, category));
        }

        return source;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RealGroup> ReadAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        long id = 0;
        foreach ((string folder, RealCategory category) in _categories)
        {
            foreach (string file in Pictures(folder).Order(StringComparer.Ordinal))
            {
                stopping.ThrowIfCancellationRequested();
                RealImage image = new(++id, $"{category.Name}/{Path.GetFileName(file)}", Width: 0, Height: 0);
                yield return new RealGroup(image, file, [new(id, image, category, null, null, IsCrowd: false, null)]);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<string> Pictures(string folder) => Directory.EnumerateFiles(folder)
        .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase));
}
