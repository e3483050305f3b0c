namespace Engine.Store;

/// <summary>A shard that is being written.</summary>
internal sealed class OpenShard(int number, IShardFile file, long ledgeredBytes) : IDisposable
{
    public int Number { get; } = number;

    /// <summary>End of the last sample the ledger knows; what a roll-back cuts to.</summary>
    public long LedgeredBytes { get; private set; } = ledgeredBytes;

    /// <summary>End of the last sample written.</summary>
    public long Bytes { get; private set; } = ledgeredBytes;

    /// <summary>The two zero blocks are written.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>There is something that the ledger does not know.</summary>
    public bool IsAhead => IsSealed || Bytes > LedgeredBytes;

    /// <summary>Whether its name in the directory may not be durable yet.</summary>
    public bool IsNew => LedgeredBytes == 0;

    /// <summary>Writes a sample's members at the end.</summary>
    public void Append(ReadOnlySpan<byte> members)
    {
        Write(members);
        Bytes += members.Length;
    }

    /// <summary>Ends the tar file.</summary>
    public void Seal()
    {
        Write(stackalloc byte[SampleTar.TrailerBytes]);
        IsSealed = true;
    }

    public void Flush() => file.Flush();

    /// <summary>The ledger knows all that was written.</summary>
    public void Accept() => LedgeredBytes = Bytes;

    /// <summary>Forgets and cuts what the ledger does not know.</summary>
    public void RollBack()
    {
        file.Truncate(LedgeredBytes);
        (Bytes, IsSealed) = (LedgeredBytes, false);
    }

    public void Dispose() => file.Dispose();

    private void Write(ReadOnlySpan<byte> bytes)
    {
        for (int written = 0; written < bytes.Length;)
        {
            int taken = file.Write(bytes[written..], Bytes + written);
            written += taken > 0
                ? taken
                : throw new IOException($"{ShardName.Of(Number)} takes no bytes at {Bytes + written}.");
        }
    }
}
