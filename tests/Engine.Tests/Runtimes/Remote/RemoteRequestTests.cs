using System.Text.Json;
using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Remote;

namespace Engine.Tests.Runtimes.Remote;

/// <summary>Goal: each API is asked in its own words and its answer read. Method: a server that keeps what it was sent.
/// </summary>
public sealed class RemoteRequestTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Openai_is_asked_for_one_picture_of_the_size_in_base64()
    {
        using ScriptedServer server = new(RemoteRig.GoodOpenai);
        using RemoteGenerator generator = RemoteGenerator.Open(
            "far", RemoteRig.Options(server) with { Model = "draw-1" }, TimeProvider.System);

        Generated made = (await RemoteRig.OneAsync(generator, Token)).Value!;

        (string head, string body) = server.Seen.Single();
        JsonElement sent = JsonDocument.Parse(body).RootElement;
        Assert.StartsWith("POST /v1/images/generations HTTP/1.1", head, StringComparison.Ordinal);
        Assert.Contains($"Authorization: Bearer {RemoteRig.Key}", head, StringComparison.Ordinal);
        Assert.Equal("a \"red\" café", sent.GetProperty("prompt").GetString());
        Assert.Equal("draw-1", sent.GetProperty("model").GetString());
        Assert.Equal(1, sent.GetProperty("n").GetInt32());
        Assert.Equal("64x64", sent.GetProperty("size").GetString());
        Assert.Equal("b64_json", sent.GetProperty("response_format").GetString());
        Assert.Equal(RemoteRig.Picture.Pixels, made.Image.Pixels);
        Assert.Equal("none sent", made.Lineage["seed"]);
        Assert.Equal(("8", "6", "64x64"), (made.Lineage["width"], made.Lineage["height"], made.Lineage["size_asked"]));
        Assert.DoesNotContain(made.Lineage.Values, value => value.Contains(RemoteRig.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Openai_is_not_told_the_format_when_the_option_says_so()
    {
        using ScriptedServer server = new(RemoteRig.GoodOpenai);
        using RemoteGenerator generator = RemoteGenerator.Open(
            "far", RemoteRig.Options(server) with { SendsResponseFormat = false, Key = "" }, TimeProvider.System);

        await RemoteRig.OneAsync(generator, Token);

        (string head, string body) = server.Seen.Single();
        Assert.DoesNotContain("response_format", body, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", head, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("")]
    [InlineData("data:image/png;base64,")]
    public async Task Automatic1111_gets_the_seed_in_32_bits_and_the_lineage_has_it(string prefix)
    {
        using ScriptedServer server = new(
            ScriptedServer.Json($$"""{"images":["{{prefix}}{{RemoteRig.Base64}}"],"info":"{}"}"""));
        RemoteOptions options = RemoteRig.Options(server, RemoteApi.Automatic1111) with
        {
            NegativePrompt = "blur", Sampler = "Euler a", Steps = 12, GuidanceScale = 5.5, Url = server.Url + "/ui/",
        };
        using RemoteGenerator generator = RemoteGenerator.Open("far", options, TimeProvider.System);

        Outcome<Generated> outcome =
            (await generator.GenerateAsync([RemoteRig.Prompt(0xFFFF_FFFF_8000_0001)], Token)).Single();

        (string head, string body) = server.Seen.Single();
        JsonElement sent = JsonDocument.Parse(body).RootElement;
        Assert.StartsWith("POST /ui/sdapi/v1/txt2img HTTP/1.1", head, StringComparison.Ordinal);
        Assert.Equal(0x8000_0001, sent.GetProperty("seed").GetInt64());
        Assert.Equal("blur", sent.GetProperty("negative_prompt").GetString());
        Assert.Equal("Euler a", sent.GetProperty("sampler_name").GetString());
        Assert.Equal(12, sent.GetProperty("steps").GetInt32());
        Assert.Equal(5.5, sent.GetProperty("cfg_scale").GetDouble());
        Assert.Equal((64, 64), (sent.GetProperty("width").GetInt32(), sent.GetProperty("height").GetInt32()));
        Assert.Equal(1, sent.GetProperty("batch_size").GetInt32());
        Assert.Equal(RemoteRig.Picture.Pixels, outcome.Value!.Image.Pixels);
        Assert.Equal("2147483649", outcome.Value.Lineage["seed"]);
        Assert.Equal("5.5", outcome.Value.Lineage["guidance"]);
        Assert.Equal($"{server.Url}/ui/sdapi/v1/txt2img", outcome.Value.Lineage["url"]);
    }

    [Fact]
    public async Task No_more_requests_are_under_way_than_allowed_whatever_the_callers()
    {
        SemaphoreSlim gate = new(0);
        int now = 0;
        int most = 0;
        using SemaphoreSlim arrived = new(0);
        using ScriptedServer server = new(async (_, to, stop) =>
        {
            int here = Interlocked.Increment(ref now);
            InterlockedMax(ref most, here);
            arrived.Release();
            await gate.WaitAsync(stop);
            Interlocked.Decrement(ref now);
            await to.WriteAsync(RemoteRig.GoodOpenai, stop);
        });
        using RemoteGenerator generator = RemoteGenerator.Open(
            "far", RemoteRig.Options(server) with { ConcurrencyMax = 3 }, TimeProvider.System);
        Prompt[] prompts = [.. Enumerable.Range(0, 3).Select(seed => RemoteRig.Prompt((ulong)seed))];

        Task<IReadOnlyList<Outcome<Generated>>>[] calls =
            [.. Enumerable.Range(0, 3).Select(_ => generator.GenerateAsync(prompts, Token).AsTask())];
        for (int i = 0; i < 9; i++)
        {
            await arrived.WaitAsync(Token);
            if (i >= 2)
            {
                gate.Release();
            }
        }

        gate.Release(2);
        IReadOnlyList<Outcome<Generated>>[] all = await Task.WhenAll(calls);
        Assert.Equal(3, most);
        Assert.Equal(3, generator.BatchMax);
        Assert.All(all.SelectMany(outcomes => outcomes), outcome => Assert.Null(outcome.DropReason));
        gate.Dispose();
    }

    [Fact]
    public void Largest_picture_is_what_the_limits_allow()
    {
        using RemoteGenerator generator = RemoteGenerator.Open(
            "far", new RemoteOptions { Url = "http://127.0.0.1:1" }, TimeProvider.System);

        Assert.Equal(3L * 2048 * 2048, generator.PictureBytesMax);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/relative")]
    [InlineData("ftp://host")]
    [InlineData("http://user:hunter2@host")]
    [InlineData("http://host/?token=hunter2")]
    [InlineData("https://host/v1")]
    public void Address_that_is_none_or_holds_a_secret_is_a_problem_that_does_not_show_it(string url)
    {
        string problem = Assert.Single(new RemoteOptions { Url = url }.Problems()).Message;

        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_say_all_problems_and_never_the_key()
    {
        RemoteOptions options = new()
        {
            Url = "http://host", Key = "se cret", Steps = 0, RetriesMax = 99, WidthPx = 4096, Sampler = "Euler",
            BackOffFrom = TimeSpan.FromMinutes(1), RequestTimeout = TimeSpan.Zero,
        };

        string[] wrong = [.. options.Problems().Select(problem => problem.Property)];

        Assert.Equal(
            ["BackOffFrom", "Key", "RequestTimeout", "RetriesMax", "Sampler", "Steps", "WidthPx"], wrong.Order());
        Assert.DoesNotContain("se cret", $"{options}", StringComparison.Ordinal);
        Assert.DoesNotContain(
            options.Problems(), problem => problem.Message.Contains("se cret", StringComparison.Ordinal));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (int seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
        {
            Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
