namespace Engine.Runtimes.Folder;

/// <summary>The files that may be taken, by category, as the looks at a folder found them.</summary>
/// <remarks>Safe to call from several threads; touches no disk.</remarks>
internal sealed class FolderShelf
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<FolderFile>> _ready = []; // By category's key. Guarded by _gate.
    private readonly Dictionary<FolderFile, long> _taken = []; // To the number of a look. Guarded by _gate.
    private HashSet<FolderFile> _seen = []; // By the last look. Guarded by _gate.
    private long _look; // Number of the last look that began. Guarded by _gate.

    /// <summary>Says that a look begins.</summary>
    /// <returns>Its number.</returns>
    public long Begin()
    {
        lock (_gate)
        {
            return ++_look;
        }
    }

    /// <summary>Whether a file was taken.</summary>
    public bool IsTaken(FolderFile file)
    {
        lock (_gate)
        {
            return _taken.ContainsKey(file);
        }
    }

    /// <summary>Takes in what a look found: files that are as the look before saw them may be taken.</summary>
    /// <param name="look">Its number.</param>
    /// <param name="files">What it found.</param>
    /// <param name="isWhole">Whether it found everything.</param>
    public void End(long look, IReadOnlyCollection<FolderFile> files, bool isWhole)
    {
        HashSet<FolderFile> found = [.. files];
        lock (_gate)
        {
            _ready.Clear();
            foreach (FolderFile file in files
                .Where(file => _seen.Contains(file) && !_taken.ContainsKey(file))
                .OrderBy(file => file.Name, StringComparer.Ordinal).ThenBy(file => file.Path, StringComparer.Ordinal))
            {
                string key = FolderFile.Key(file.Category);
                if (!_ready.TryGetValue(key, out Queue<FolderFile>? queue))
                {
                    _ready.Add(key, queue = []);
                }

                queue.Enqueue(file);
            }

            _seen = found;
            if (isWhole)
            {
                Forget(look, found);
            }
        }
    }

    /// <summary>Takes the next file of a category, for good.</summary>
    public FolderFile? Take(string category)
    {
        lock (_gate)
        {
            if (!_ready.TryGetValue(FolderFile.Key(category), out Queue<FolderFile>? queue)
                || !queue.TryDequeue(out FolderFile file))
            {
                return null;
            }

            _taken[file] = _look;
            return file;
        }
    }

    /// <summary>Forgets taken files that are gone. One taken while a look was under way may have been listed before and
    /// moved after, so it stays for one look more.</summary>
    private void Forget(long look, HashSet<FolderFile> found)
    {
        foreach (FolderFile gone in _taken.Where(one => one.Value < look && !found.Contains(one.Key))
            .Select(one => one.Key).ToArray())
        {
            _taken.Remove(gone);
        }
    }
}
