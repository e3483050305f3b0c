using System.Globalization;
using Engine.Disk;
using Engine.Items;
using Engine.Store;

namespace Engine.Export;

/// <summary>The shards of one part (train or val) that one block of samples goes to: written under other names, given
/// their own together at the block's end.</summary>
internal sealed class WebDatasetShards(StoreView store, string folder, string part, int first, long bytesMax)
    : IDisposable
{
    private const int TrailerBytes = 1024; // the two zero blocks that end a tar file
    private readonly List<string> _written = [];
    private FileStream? _open;

    /// <summary>Shards of this part, those of earlier blocks included.</summary>
    public int Count => first + _written.Count;

    /// <summary>Appends a sample's members as they lie in the store.</summary>
    /// <returns>Whether it is still there.</returns>
    public bool Add(in StoredSample stored)
    {
        if (_open is { Length: > 0 } full && full.Length + stored.Length + TrailerBytes > bytesMax)
        {
            Close();
        }

        try
        {
            byte[] members = store.ReadMembers(stored);
            _open ??= Open();
            _open.Write(members);
            return true;
        }
        catch (SampleDeletedException)
        {
            return false;
        }
    }

    /// <summary>Ends the open shard and gives all of them their names.</summary>
    public void Publish()
    {
        Close();
        foreach (string path in _written)
        {
            File.Move(path + ".part", path, overwrite: true);
        }
    }

    public void Dispose() => _open?.Dispose();

    private FileStream Open()
    {
        string path = Path.Combine(folder, NameOf(part, Count));
        _written.Add(path);
        return new(path + ".part", FileMode.Create, FileAccess.Write, FileShare.None);
    }

    private void Close()
    {
        if (_open is { } full)
        {
            full.Write(new byte[TrailerBytes]);
            Durable.Flush(full);
            full.Dispose();
            _open = null;
        }
    }

    /// <summary>A shard's file name: <c>train-000007.tar</c>.</summary>
    public static string NameOf(string part, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{part}-{number:D6}.tar");
}
