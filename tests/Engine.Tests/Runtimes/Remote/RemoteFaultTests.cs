using System.IO.Compression;
using System.Text;
using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Remote;

namespace Engine.Tests.Runtimes.Remote;

/// <summary>Goal: whatever a server answers, the prompt ends as a drop with one sentence. Method: a server that
/// misbehaves in one way a test, and no retry.</summary>
public sealed class RemoteFaultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{\"data\":", "no json")]
    [InlineData("", "no json")]
    [InlineData("[]", "without a picture")]
    [InlineData("{}", "without a picture")]
    [InlineData("{\"data\":[]}", "without a picture")]
    [InlineData("{\"data\":[null]}", "without a picture")]
    [InlineData("{\"data\":{\"0\":1}}", "without a picture")]
    [InlineData("{\"data\":[{\"url\":\"http://elsewhere/x.png\"}]}", "data[0].b64_json is not there")]
    [InlineData("{\"data\":[{\"b64_json\":7}]}", "without a picture")]
    [InlineData("{\"data\":[{\"b64_json\":\"!!!\"}]}", "no base64")]
    [InlineData("{\"data\":[{\"b64_json\":\"\\ud800\"}]}", "no base64")]
    public async Task Answer_that_is_not_as_agreed_is_a_drop(string json, string said)
    {
        using ScriptedServer server = new(ScriptedServer.Json(json));

        Outcome<Generated> outcome = await RemoteRig.OneAsync(server, Token);

        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.Contains(said, outcome.Detail, StringComparison.Ordinal);
        Assert.StartsWith($"{server.Url}/v1/images/generations ", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_nested_beyond_the_bound_is_a_drop()
    {
        using ScriptedServer server = new(
            ScriptedServer.Json(new string('[', 100_000) + new string(']', 100_000)));

        Outcome<Generated> outcome = await RemoteRig.OneAsync(server, Token);

        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.Contains("deeper than 32 levels", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    public async Task Picture_that_is_none_is_a_bad_image(string base64)
    {
        using ScriptedServer server = new(ScriptedServer.Json($$"""{"data":[{"b64_json":"{{base64}}"}]}"""));

        Assert.Equal(RejectReason.BadImage, (await RemoteRig.OneAsync(server, Token)).DropReason);
    }

    [Fact]
    public async Task Picture_that_breaks_off_is_a_bad_image()
    {
        byte[] half = Convert.FromBase64String(RemoteRig.Base64)[..^60];
        using ScriptedServer server = new(
            ScriptedServer.Json($$"""{"data":[{"b64_json":"{{Convert.ToBase64String(half)}}"}]}"""));

        Assert.Equal(RejectReason.BadImage, (await RemoteRig.OneAsync(server, Token)).DropReason);
    }

    [Fact]
    public async Task Picture_over_the_limits_is_a_bad_image()
    {
        using ScriptedServer server = new(RemoteRig.GoodOpenai);
        RemoteOptions options = RemoteRig.Options(server);
        using RemoteGenerator generator = RemoteGenerator.Open(
            "far", options with { Limits = options.Limits with { BytesMax = 64 } }, TimeProvider.System);

        Assert.Equal(RejectReason.BadImage, (await RemoteRig.OneAsync(generator, Token)).DropReason);
    }

    [Fact]
    public async Task Answer_of_another_type_is_a_drop_that_names_it()
    {
        using ScriptedServer server = new(ScriptedServer.Answer("200 OK", "text/html", "<p>log in</p>"u8.ToArray()));

        Outcome<Generated> outcome = await RemoteRig.OneAsync(server, Token);

        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.Contains("answered 200 with text/html", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_that_breaks_off_is_a_drop()
    {
        using ScriptedServer server = new(RemoteRig.GoodOpenai[..^40]);

        Outcome<Generated> outcome = await RemoteRig.OneAsync(server, Token);

        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.Contains("broke off (ResponseEnded)", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connection_closed_without_an_answer_is_a_drop()
    {
        using ScriptedServer server = new((_, _, _) => Task.CompletedTask);

        Outcome<Generated> outcome = await RemoteRig.OneAsync(server, Token);

        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.Contains("broke off", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_that_is_not_there_is_a_drop()
    {
        string url;
        using (ScriptedServer gone = new(RemoteRig.GoodOpenai))
        {
            url = gone.Url;
        }

        using RemoteGenerator generator = RemoteGenerator.Open(
            "far", new RemoteOptions { Url = url, RetriesMax = 0 }, TimeProvider.System);

        Outcome<Generated> outcome = await RemoteRig.OneAsync(generator, Token);

        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.Contains("could not be reached", outcome.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_over_the_bound_is_not_read_to_its_end(bool declared)
    {
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ScriptedServer server = new(async (_, to, stop) =>
        {
            string length = declared ? "Content-Length: 1000000000000\r\n" : "";
            await to.WriteAsync(Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}\r\n"), stop);
            byte[] spaces = new byte[64 << 10];
            try
            {
                while (true)
                {
                    await to.WriteAsync(spaces, stop); // Until the other side hangs up.
                }
            }
            catch (IOException)
            {
                ended.TrySetResult();
            }
        });

        Outcome<Generated> outcome = await RemoteRig.OneAsync(server, Token);

        await ended.Task.WaitAsync(Token);
        Assert.Equal(RejectReason.GeneratorFailed, outcome.DropReason);
        Assert.Contains("more than 33554432 bytes", outcome.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compressed_answer_is_read_and_bounded_by_what_comes_out()
    {
        byte[] good = Gzip(Encoding.UTF8.GetBytes($$"""{"data":[{"b64_json":"{{RemoteRig.Base64}}"}]}"""));
        byte[] bomb = Gzip(new byte[40 << 20]);
        byte[] damaged = [.. good[..20], .. new byte[40]];
        const string Gzipped = "Content-Encoding: gzip\r\n";
        using ScriptedServer server = new(
            ScriptedServer.Answer("200 OK", "application/json", good, Gzipped),
            ScriptedServer.Answer("200 OK", "application/json", bomb, Gzipped),
            ScriptedServer.Answer("200 OK", "application/json", damaged, Gzipped));

        Outcome<Generated> read = await RemoteRig.OneAsync(server, Token);
        Outcome<Generated> tooLarge = await RemoteRig.OneAsync(server, Token);
        Outcome<Generated> broken = await RemoteRig.OneAsync(server, Token);

        Assert.Equal(RemoteRig.Picture.Pixels, read.Value!.Image.Pixels);
        Assert.Contains("more than 33554432 bytes", tooLarge.Detail, StringComparison.Ordinal);
        Assert.Equal(RejectReason.GeneratorFailed, broken.DropReason);
    }

    [Fact]
    public async Task Redirect_is_not_followed()
    {
        using ScriptedServer elsewhere = new(RemoteRig.GoodOpenai);
        using ScriptedServer server = new(
            ScriptedServer.Status("307 Temporary Redirect", $"Location: {elsewhere.Url}/v1/images/generations\r\n"));

        Outcome<Generated> outcome = await RemoteRig.OneAsync(server, Token);

        Assert.Contains("answered 307; redirects are not followed", outcome.Detail, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Requests);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream held = new();
        using (GZipStream gzip = new(held, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return held.ToArray();
    }
}
