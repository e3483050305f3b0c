using System.Runtime.InteropServices;

namespace Engine.Store;

/// <summary>The file layer that is one: System.IO, and the one call that .NET lacks, fsync of a directory.</summary>
internal sealed partial class DiskFiles : IFileLayer
{
    private const int InvalidArgument = 22; // EINVAL
    private const int CloseOnExecLinux = 0x80000; // O_CLOEXEC, the same on x64 and arm64

    public static DiskFiles Instance { get; } = new();

    public IShardFile OpenToAppend(string path) => new DiskFile(
        File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    public IShardFile OpenToRead(string path) => new DiskFile(
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));

    public long? LengthBytes(string path)
    {
        FileInfo file = new(path);
        return file.Exists ? file.Length : null;
    }

    public void Delete(string path) => File.Delete(path);

    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals its directories and offers no such call
        }

        int directory = Open(path, OperatingSystem.IsLinux() ? CloseOnExecLinux : 0);
        if (directory < 0)
        {
            throw Failed("open", path);
        }

        try
        {
            // Some network file systems answer EINVAL: they have nothing to flush, and .NET ignores it for files too.
            if (FSync(directory) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                throw Failed("fsync", path);
            }
        }
        finally
        {
            _ = Close(directory);
        }
    }

    public long FreeBytes(string path) => new DriveInfo(path).AvailableFreeSpace;

    private static IOException Failed(string call, string path)
    {
        int error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
