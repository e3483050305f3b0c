using Engine.Store;

namespace Engine.Tests.Store;

/// <summary>The disk, with faults that a test puts in: each hook runs before the call and may throw.</summary>
internal sealed class FaultFiles : IFileLayer
{
    /// <summary>ENOSPC as .NET reports it.</summary>
    public static IOException Full => new("No space left on device", hresult: 28);

    /// <summary>EIO as .NET reports it.</summary>
    public static IOException Broken => new("Input/output error", hresult: 5);

    /// <summary>Path, bytes offered, offset; gives the bytes to take.</summary>
    public Func<string, int, long, int> OnWrite { get; set; } = (_, bytes, _) => bytes;

    public Action<string> OnFlush { get; set; } = _ => { };

    /// <summary>Runs when the shard's bytes are on the disk.</summary>
    public Action<string> AfterFlush { get; set; } = _ => { };

    public Action<string> OnFlushDirectory { get; set; } = _ => { };

    public Action<string> OnTruncate { get; set; } = _ => { };

    public Action<string> OnOpenToAppend { get; set; } = _ => { };

    public Action<string> OnDelete { get; set; } = _ => { };

    public Func<long> Free { get; set; } = () => long.MaxValue;

    public IShardFile OpenToAppend(string path)
    {
        OnOpenToAppend(path);
        return new FaultFile(this, path, DiskFiles.Instance.OpenToAppend(path));
    }

    public IShardFile OpenToRead(string path) => DiskFiles.Instance.OpenToRead(path);

    public long? LengthBytes(string path) => DiskFiles.Instance.LengthBytes(path);

    public void Delete(string path)
    {
        OnDelete(path);
        DiskFiles.Instance.Delete(path);
    }

    public void FlushDirectory(string path)
    {
        OnFlushDirectory(path);
        DiskFiles.Instance.FlushDirectory(path);
    }

    public long FreeBytes(string path) => Free();
}
