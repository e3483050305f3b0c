using System.Globalization;

namespace Engine.Store;

/// <summary>Holds a store's directory for one writer, until the process ends, however it ends.</summary>
/// <remarks>
/// The lock is on <c>writer.lock</c> (flock). The holder's process id stands in a file beside it, because .NET cannot
/// read a file that another process locked.
/// </remarks>
internal sealed class WriterLock : IDisposable
{
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;
    private readonly string _pidPath;

    private WriterLock(FileStream held, string pidPath) => (_lock, _pidPath) = (held, pidPath);

    /// <summary>Takes the lock or says who holds it.</summary>
    /// <exception cref="StoreException">Another process, or a store of this one, has the directory open.</exception>
    public static WriterLock Take(string directory)
    {
        string pidPath = Path.Combine(directory, "writer.pid");
        FileStream held;
        try
        {
            held = new FileStream(
                Path.Combine(directory, "writer.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (taken.HResult is WouldBlockLinux or WouldBlockMac or SharingViolation)
        {
            throw new StoreException(
                $"The store in {directory} is open for writing elsewhere{Holder(pidPath)}; one writer at a time.",
                taken);
        }

        File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new WriterLock(held, pidPath);
    }

    public void Dispose()
    {
        File.Delete(_pidPath); // first: after the lock is free the file may be the next holder's
        _lock.Dispose();
    }

    private static string Holder(string pidPath)
    {
        try
        {
            return int.TryParse(File.ReadAllText(pidPath), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                ? $" (by process {pid})"
                : string.Empty;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // the holder is between taking the lock and writing its id
        }
    }
}
