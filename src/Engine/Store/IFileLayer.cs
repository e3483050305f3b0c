namespace Engine.Store;

/// <summary>What the store asks of the file system for its shards; tests put faults between the two.</summary>
internal interface IFileLayer
{
    /// <summary>Opens a shard to write, making an empty one where there is none.</summary>
    IShardFile OpenToAppend(string path);

    /// <summary>Opens a shard to read, while another handle may append to it.</summary>
    IShardFile OpenToRead(string path);

    /// <summary>The file's length in bytes; null when there is no such file.</summary>
    long? LengthBytes(string path);

    /// <summary>Unlinks a file; nothing happens where there is none.</summary>
    void Delete(string path);

    /// <summary>Makes the directory's entries durable: new and renamed files outlive a power loss.</summary>
    void FlushDirectory(string path);

    /// <summary>Bytes that this process may still write below the path.</summary>
    long FreeBytes(string path);
}
