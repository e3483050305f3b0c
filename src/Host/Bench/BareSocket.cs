using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Host.Bench;

/// <summary>The floors of delivery: frames of one length through bare loopback sockets, into one buffer; always the
/// same frame, or one read out of a file each time.</summary>
internal static class BareSocket
{
    private const int PrefixBytes = 4;

    /// <summary>Sends and receives on so many connections at once.</summary>
    /// <param name="connections">Pairs of threads.</param>
    /// <param name="frames">Frames on each.</param>
    /// <param name="frameBytes">Of a frame, prefix included.</param>
    /// <param name="file">Read from its start, over and over; null for frames that come from nowhere.</param>
    /// <returns>Done when all have come.</returns>
    public static async Task RunAsync(int connections, int frames, int frameBytes, string? file = null)
    {
        (Socket Sender, Socket Receiver)[] pairs = [.. Enumerable.Range(0, connections).Select(_ => Connect())];
        Task[] work =
        [
            .. pairs.Select(pair => Start(() => Send(pair.Sender, frames, frameBytes, file))),
            .. pairs.Select(pair => Start(() => Receive(pair.Receiver, frames, frameBytes))),
        ];
        await Task.WhenAll(work).ConfigureAwait(false);
        foreach ((Socket sender, Socket receiver) in pairs)
        {
            sender.Dispose();
            receiver.Dispose();
        }
    }

    private static Task Start(Action work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Send(Socket socket, int frames, int frameBytes, string? file)
    {
        using SafeFileHandle? source = file is null ? null : File.OpenHandle(file);
        long sources = source is null ? 1 : Math.Max(1, RandomAccess.GetLength(source) / frameBytes);
        byte[] frame = new byte[frameBytes];
        BinaryPrimitives.WriteInt32BigEndian(frame, frameBytes - PrefixBytes);
        for (int i = 0; i < frames; i++)
        {
            if (source is not null)
            {
                RandomAccess.Read(source, frame.AsSpan(PrefixBytes), i % sources * frameBytes);
            }

            for (int sent = 0; sent < frame.Length;)
            {
                sent += socket.Send(frame.AsSpan(sent));
            }
        }
    }

    private static void Receive(Socket socket, int frames, int frameBytes)
    {
        byte[] frame = new byte[frameBytes];
        for (int i = 0; i < frames; i++)
        {
            Fill(socket, frame.AsSpan(0, PrefixBytes));
            Fill(socket, frame.AsSpan(0, BinaryPrimitives.ReadInt32BigEndian(frame)));
        }
    }

    private static void Fill(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = socket.Receive(bytes);
            bytes = read > 0 ? bytes[read..] : throw new IOException("The bare socket was closed.");
        }
    }

    private static (Socket Sender, Socket Receiver) Connect()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Socket sender = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        sender.Connect(listener.LocalEndPoint!);
        return (sender, listener.Accept());
    }
}
