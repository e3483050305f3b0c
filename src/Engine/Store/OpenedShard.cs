namespace Engine.Store;

/// <summary>The shard that was read last, kept open: opening one costs more than reading a small sample.</summary>
/// <remarks>For one reader, and for moments only, so that a shard that was deleted does not stay on the disk.</remarks>
internal sealed class OpenedShard(string directory, IFileLayer files) : IDisposable
{
    private IShardFile? _file;
    private int _number;

    /// <summary>The file of a shard; owned by this.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public IShardFile Of(int number)
    {
        if (_file is null || _number != number)
        {
            _file?.Dispose();
            _file = null;
            _file = files.OpenToRead(ShardName.PathOf(directory, number));
            _number = number;
        }

        return _file;
    }

    public void Dispose() => _file?.Dispose();
}
