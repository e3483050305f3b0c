using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Engine.Tests.Runtimes.Remote;

/// <summary>A server on the loopback that answers each request as a test says, be it HTTP or not.</summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<int, NetworkStream, CancellationToken, Task> _answer;
    private readonly Task _accepting;
    private int _requests;

    /// <summary>Starts it.</summary>
    /// <param name="answer">Given the request's number from 0 and the connection, which is closed afterwards.</param>
    public ScriptedServer(Func<int, NetworkStream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Answers request i with the i-th of these, and all after that with the last.</summary>
    public ScriptedServer(params byte[][] answers)
        : this((i, to, stop) => to.WriteAsync(answers[Math.Min(i, answers.Length - 1)], stop).AsTask())
    {
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Head and body of each request, as they came.</summary>
    public ConcurrentQueue<(string Head, string Body)> Seen { get; } = [];

    public static byte[] Json(string body) => Answer("200 OK", "application/json", Encoding.UTF8.GetBytes(body));

    public static byte[] Answer(string status, string type, byte[] body, string headers = "") =>
    [
        .. Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n"
                + $"Connection: close\r\n{headers}\r\n"),
        .. body,
    ];

    public static byte[] Status(string status, string headers = "") => Answer(status, "text/plain", [], headers);

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _accepting.Wait(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // A listener that was stopped between two calls answers with one of several exceptions.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                NetworkStream stream = client.GetStream();
                Seen.Enqueue(await ReadAsync(stream, _stop.Token));
                await _answer(Interlocked.Increment(ref _requests) - 1, stream, _stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);

                // Until the other side has closed: closing first could throw the answer away.
                byte[] rest = new byte[256];
                while (await stream.ReadAsync(rest, _stop.Token) > 0)
                {
                }
            }
        }
        catch (Exception cause) when (cause is OperationCanceledException or IOException or SocketException
            or ObjectDisposedException)
        {
        }
    }

    private static async Task<(string Head, string Body)> ReadAsync(NetworkStream stream, CancellationToken stop)
    {
        using MemoryStream held = new();
        byte[] chunk = new byte[4096];
        while (true)
        {
            string text = Encoding.UTF8.GetString(held.GetBuffer(), 0, (int)held.Length);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0)
            {
                string length = text[..end].Split("\r\n")
                    .Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
                if (held.Length >= end + 4 + int.Parse(length.Split(':')[1]))
                {
                    return (text[..end], text[(end + 4)..]);
                }
            }

            int read = await stream.ReadAsync(chunk, stop);
            if (read == 0)
            {
                throw new IOException("the request broke off");
            }

            held.Write(chunk, 0, read);
        }
    }
}
