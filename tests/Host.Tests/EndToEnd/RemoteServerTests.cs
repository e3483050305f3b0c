using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Engine.Imaging;
using Engine.Items;
using Engine.Runtimes.Library;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>Goal: a plan is filled by a server that fails every third request, and the key stays where it belongs.
/// </summary>
public sealed class RemoteServerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Daemon_fills_its_plan_from_a_server_and_keeps_the_key_to_itself()
    {
        using HttpListener server = Listen(out string url);
        Task<int> serving = ServeAsync(server, Apple());
        string config = _folder.File("config.yaml");
        await File.WriteAllTextAsync(config, $"""
            run: {"{stop_when_filled: true}"}
            plan: {"{quota: 4, categories: [{name: apple}]}"}
            generators:
              - kind: remote
                remote: {"{"}url: "{url}", api: automatic1111, key: not-for-others, back_off_from: 10ms{"}"}
            annotator: {"{kind: salient, salient: {model: "}{Repository.Npm("u2netp", "u2netp.onnx")}{"}}"}
            store: {"{directory: "}{_folder.File("data")}, free_bytes_min: 0{"}"}
            transport: {"{listen: ["}"tcp://127.0.0.1:0"{"]}"}
            http: {"{listen: "}"http://127.0.0.1:0"{"}"}
            """);

        using DaemonProcess daemon = DaemonProcess.Start(config);
        int code = await daemon.ExitCodeAsync();
        server.Stop();

        Assert.True(code == 0, daemon.Said);
        Assert.Contains("ended with 4 samples stored", daemon.Said, StringComparison.Ordinal);
        Assert.InRange(await serving, 5, 6);
        Assert.All(
            Directory.GetFiles(_folder.File("data")).Select(File.ReadAllBytes).Append(
                System.Text.Encoding.UTF8.GetBytes(daemon.Said)),
            bytes => Assert.True(bytes.AsSpan().IndexOf("not-for-others"u8) < 0, "the key is in a file or a log"));
    }

    private static byte[] Apple()
    {
        LibraryOptions options = new() { Source = Repository.Npm("fluent-emoji-3d", "assets"), PictureSidePx = 256 };
        using LibraryGenerator library = LibraryGenerator.Open("library", options);
        RgbImage picture = library.Compose(
            library.Entries.Single(entry => entry.Path.EndsWith("1f34e.webp", StringComparison.Ordinal)), 5).Image;
        return ImageCodec.EncodePng(picture);
    }

    private static HttpListener Listen(out string url)
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        free.Stop();
        HttpListener server = new() { Prefixes = { url } };
        server.Start();
        return server;
    }

    /// <summary>Answers until it is stopped; gives the number of requests.</summary>
    private static async Task<int> ServeAsync(HttpListener server, byte[] png)
    {
        byte[] answer = JsonSerializer.SerializeToUtf8Bytes(new { images = new[] { Convert.ToBase64String(png) } });
        for (int requests = 0; ; requests++)
        {
            HttpListenerContext context;
            try
            {
                context = await server.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return requests;
            }

            bool isRight = context.Request.Headers["Authorization"] == "Bearer not-for-others"
                && context.Request.Url!.AbsolutePath == "/sdapi/v1/txt2img";
            context.Response.StatusCode = !isRight ? 401 : requests % 3 == 2 ? 500 : 200;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(answer);
            context.Response.Close();
        }
    }
}
