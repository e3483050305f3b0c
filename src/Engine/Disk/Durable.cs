using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Engine.Disk;

/// <summary>Makes bytes and names durable, and throws where the disk did not.</summary>
/// <remarks>
/// Not RandomAccess.FlushToDisk and not FileStream.Flush(true): on Linux, in .NET 10.0.12, neither throws when fsync
/// fails. Their native half gives back whether the call failed, 1, in place of what it returned, and the managed half
/// looks for a number below 0. Seen in the library's machine code, and with an fsync that answers EIO
/// (tests/Host.Tests/EndToEnd/BrokenDiskTests.cs). A store that goes on after a failed fsync loses what it promised.
/// </remarks>
public static partial class Durable
{
    private const int Interrupted = 4; // EINTR
    private const int InvalidArgument = 22; // EINVAL
    private const int CloseOnExecLinux = 0x80000; // O_CLOEXEC, the same on x64 and arm64

    private static readonly nint FSyncAddress = OperatingSystem.IsWindows()
        ? 0
        : NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "fsync");

    /// <summary>Makes a file's bytes outlive a power loss.</summary>
    /// <param name="file">The file; what a stream over it holds back must have been written to it.</param>
    /// <param name="path">Its path, for the message.</param>
    /// <exception cref="IOException">The disk says no; it may have dropped what was written.</exception>
    public static void Flush(SafeFileHandle file, string path)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!OperatingSystem.IsLinux())
        {
#pragma warning disable RS0030 // Elsewhere it is what there is.
            RandomAccess.FlushToDisk(file);
#pragma warning restore RS0030
            return;
        }

        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            Flush((int)file.DangerousGetHandle(), path);
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Makes a stream's bytes outlive a power loss, those that it holds back included.</summary>
    /// <param name="file">The stream.</param>
    /// <exception cref="IOException">The disk says no; it may have dropped what was written.</exception>
    public static void Flush(FileStream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Flush();
        Flush(file.SafeFileHandle, file.Name);
    }

    /// <summary>Makes a directory's entries outlive a power loss: new and renamed files, and those that went.</summary>
    /// <param name="path">The directory.</param>
    /// <exception cref="IOException">The disk says no.</exception>
    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // NTFS journals its directories and offers no such call
        }

        int directory = Open(path, OperatingSystem.IsLinux() ? CloseOnExecLinux : 0);
        if (directory < 0)
        {
            throw Failed("open", path, Marshal.GetLastPInvokeError());
        }

        try
        {
            Flush(directory, path);
        }
        finally
        {
            _ = Close(directory);
        }
    }

    private static void Flush(int file, string path)
    {
        for (int error = FSync(file); error != 0 && error != InvalidArgument; error = FSync(file))
        {
            // EINVAL comes of what has nothing to flush, such as directories of some network file systems.
            if (error != Interrupted)
            {
                throw Failed("fsync", path, error);
            }
        }
    }

    // Looked up in the whole process, as the linker would: what was put before libc is heeded, which a look into libc
    // itself would pass by.
    private static unsafe int FSync(int file)
    {
        Marshal.SetLastSystemError(0);
        int result = ((delegate* unmanaged<int, int>)FSyncAddress)(file);
        return result == 0 ? 0 : Marshal.GetLastSystemError();
    }

    private static IOException Failed(string call, string path, int error) =>
        new($"{call} of {path} failed: {Marshal.GetPInvokeErrorMessage(error)}", error);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
