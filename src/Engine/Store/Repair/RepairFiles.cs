using System.Globalization;
using System.Text.Json;
using Engine.Disk;

namespace Engine.Store.Repair;

/// <summary>The files of a repair: new shards wait in <c>damaged/</c> until the ledger has them, then change places
/// with the old ones.</summary>
/// <remarks>Each move is one rename, and a stop between two is ended by doing the same again: nothing is deleted.
/// </remarks>
/// <param name="directory">The data directory.</param>
internal sealed class RepairFiles(string directory)
{
    /// <summary>The folder inside the data directory that takes what is damaged.</summary>
    public const string FolderName = "damaged";

    private const string NewEnding = ".repaired";

    public string Folder { get; } = Path.Combine(directory, FolderName);

    public void MakeFolder()
    {
        Directory.CreateDirectory(Folder);
        Durable.FlushDirectory(directory);
    }

    /// <summary>Writes a text of its own name and brings it to the disk.</summary>
    /// <returns>Its path.</returns>
    public string WriteReport(long now, IEnumerable<string> lines)
    {
        string path = Free(string.Create(CultureInfo.InvariantCulture, $"repair-{now}.txt"));
        using (FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        using (StreamWriter text = new(file))
        {
            foreach (string line in lines)
            {
                text.WriteLine(line);
            }

            text.Flush();
            Durable.Flush(file);
        }

        Durable.FlushDirectory(Folder);
        return path;
    }

    /// <summary>What the ledger is to note before the moves begin.</summary>
    /// <param name="copies">Shards that are written anew, or go.</param>
    /// <param name="strangers">Files that go.</param>
    public static string Pending(IEnumerable<ShardCopy> copies, IEnumerable<string> strangers) =>
        JsonSerializer.Serialize(copies
            .Select(copy => KeyValuePair.Create(ShardName.Of(copy.Number), copy.Kept.Count > 0))
            .Concat(strangers.Select(name => KeyValuePair.Create(name, false))));

    /// <summary>Writes the new shards, to wait for their place.</summary>
    public void Write(IEnumerable<ShardCopy> copies)
    {
        foreach (ShardCopy copy in copies.Where(copy => copy.Kept.Count > 0))
        {
            copy.Write(ShardName.PathOf(directory, copy.Number), NewPath(copy.Number));
        }
    }

    /// <summary>Moves each named file away and its new one, where it has one, into its place.</summary>
    /// <param name="pending">What <see cref="Pending"/> made.</param>
    public void Swap(string pending)
    {
        foreach ((string name, bool hasNew) in JsonSerializer.Deserialize<KeyValuePair<string, bool>[]>(pending)!)
        {
            string made = Path.Combine(Folder, name + NewEnding);
            if (!hasNew)
            {
                MoveAway(name);
            }
            else if (File.Exists(made)) // else the new file has its place, and must not be moved away from it
            {
                MoveAway(name);
                File.Move(made, Path.Combine(directory, name));
            }
        }

        Durable.FlushDirectory(Folder);
        Durable.FlushDirectory(directory);
    }

    /// <summary>Moves a file of the data directory into <c>damaged/</c>; nothing happens where there is none.</summary>
    public void MoveAway(string name)
    {
        string from = Path.Combine(directory, name);
        if (File.Exists(from))
        {
            File.Move(from, Free(name));
        }
    }

    private string Free(string name)
    {
        string path = Path.Combine(Folder, name);
        for (int copy = 1; File.Exists(path); copy++)
        {
            path = Path.Combine(Folder, string.Create(CultureInfo.InvariantCulture, $"{name}.{copy}"));
        }

        return path;
    }

    private string NewPath(int number) => Path.Combine(Folder, ShardName.Of(number) + NewEnding);
}
