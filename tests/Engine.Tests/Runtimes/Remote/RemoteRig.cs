using Engine.Flow;
using Engine.Imaging;
using Engine.Items;
using Engine.Pipeline.Generate;
using Engine.Runtimes.Remote;
using Engine.Tests.Imaging;

namespace Engine.Tests.Runtimes.Remote;

/// <summary>What the tests of the remote generator have in common.</summary>
internal static class RemoteRig
{
    public const string Key = "sk-very-secret";

    public static RgbImage Picture { get; } = TestImages.Noise(8, 6, seed: 1);

    public static string Base64 { get; } = Convert.ToBase64String(ImageCodec.EncodePng(Picture));

    public static byte[] GoodOpenai { get; } = ScriptedServer.Json($$"""{"data":[{"b64_json":"{{Base64}}"}]}""");

    public static RemoteOptions Options(ScriptedServer server, RemoteApi api = RemoteApi.Openai) => new()
    {
        Url = server.Url,
        Api = api,
        Key = Key,
        WidthPx = 64,
        HeightPx = 64,
        RequestTimeout = TimeSpan.FromSeconds(100),
    };

    public static Prompt Prompt(ulong seed = 7, string text = "a \"red\" café") => new()
    {
        Id = "0123456789abcdef",
        Category = "cup",
        Text = text,
        Attempt = 0,
        Seed = seed,
    };

    public static async Task<Outcome<Generated>> OneAsync(RemoteGenerator generator, CancellationToken token) =>
        (await generator.GenerateAsync([Prompt()], token)).Single();

    public static async Task<Outcome<Generated>> OneAsync(ScriptedServer server, CancellationToken token)
    {
        using RemoteGenerator generator = RemoteGenerator.Open(
            "far", Options(server) with { RetriesMax = 0 }, TimeProvider.System);
        return await OneAsync(generator, token);
    }
}
