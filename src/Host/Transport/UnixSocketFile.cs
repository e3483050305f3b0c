using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Host.Transport;

/// <summary>Binds Unix sockets: a file left by a killed daemon gives way, a living one's does not.</summary>
internal static class UnixSocketFile
{
    /// <summary>Binds a socket and sets its file's mode before anyone can connect.</summary>
    /// <exception cref="IOException">Someone listens there already, or the path is no socket.</exception>
    public static Socket Bind(UnixDomainSocketEndPoint endPoint, UnixFileMode mode)
    {
        string path = endPoint.ToString()!;
        RemoveLeftover(path, endPoint);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endPoint);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, mode); // Nobody can connect before the listen call, which comes later.
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static void RemoveLeftover(string path, UnixDomainSocketEndPoint endPoint)
    {
        if (!File.Exists(path))
        {
            return;
        }

        ThrowUnlessSocket(path);
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }

        throw new IOException($"The socket {path} is in use by another process.");
    }

    /// <summary>Protects a file that was named by mistake: it could be opened, which a socket cannot.</summary>
    private static void ThrowUnlessSocket(string path)
    {
        bool isFile;
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            isFile = true;
        }
        catch (IOException)
        {
            isFile = false;
        }

        if (isFile)
        {
            throw new IOException($"{path} is there and is no socket; it is left alone.");
        }
    }
}
