using Engine.Disk;

namespace Engine.Store;

/// <summary>The file layer that is one: System.IO, and <see cref="Durable"/>.</summary>
internal sealed class DiskFiles : IFileLayer
{
    public static DiskFiles Instance { get; } = new();

    public IShardFile OpenToAppend(string path) => new DiskFile(
        path,
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public IShardFile OpenToRead(string path) => new DiskFile(
        path,
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public long? LengthBytes(string path)
    {
        FileInfo file = new(path);
        return file.Exists ? file.Length : null;
    }

    public void Delete(string path) => File.Delete(path);

    public void FlushDirectory(string path) => Durable.FlushDirectory(path);

    public long FreeBytes(string path) => new DriveInfo(path).AvailableFreeSpace;
}
