using System.Text.Json;
using System.Text.RegularExpressions;
using Tests.Shared;

namespace Host.Tests.Transport;

/// <summary>The examples of docs/spec/wire.md: what each frame says, and its bytes.</summary>
internal static partial class SpecExamples
{
    public static IReadOnlyList<(JsonElement[] Elements, byte[] Frame)> Read()
    {
        string text = File.ReadAllText(Repository.Path("docs", "spec", "wire.md"));
        return
        [
            .. Pair().Matches(text).Select(match => (
                JsonDocument.Parse(match.Groups["json"].Value).RootElement.EnumerateArray().ToArray(),
                Convert.FromHexString(Blank().Replace(match.Groups["hex"].Value, string.Empty)))),
        ];
    }

    /// <summary>Only the bytes of one frame's payload.</summary>
    public static byte[] Payload(int type) => Read().First(at => at.Elements[0].GetInt32() == type).Frame[4..];

    [GeneratedRegex("```json\n(?<json>.*?)```\n+```hex\n(?<hex>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Pair();

    [GeneratedRegex(@"\s")]
    private static partial Regex Blank();
}
