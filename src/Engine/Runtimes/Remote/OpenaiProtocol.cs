using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Items;

namespace Engine.Runtimes.Remote;

/// <summary>OpenAI's image generation: it takes no seed, so a picture cannot be made again.</summary>
internal sealed class OpenaiProtocol : IRemoteProtocol
{
    public string Path => "v1/images/generations";

    public string PicturePlace => "data[0].b64_json";

    public JsonObject Request(Prompt prompt, RemoteOptions options)
    {
        JsonObject request = new()
        {
            ["prompt"] = prompt.Text,
            ["n"] = 1,
            ["size"] = $"{options.WidthPx}x{options.HeightPx}",
        };
        if (options.Model.Length > 0)
        {
            request["model"] = options.Model;
        }

        if (options.SendsResponseFormat)
        {
            request["response_format"] = "b64_json";
        }

        return request;
    }

    public bool TryFindPicture(JsonElement answer, out JsonElement picture)
    {
        picture = default;
        return answer.ValueKind == JsonValueKind.Object
            && answer.TryGetProperty("data", out JsonElement data)
            && data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0
            && data[0].ValueKind == JsonValueKind.Object
            && data[0].TryGetProperty("b64_json", out picture)
            && picture.ValueKind == JsonValueKind.String;
    }

    public IEnumerable<KeyValuePair<string, string>> Lineage(Prompt prompt, RemoteOptions options)
    {
        yield return new("seed", "none sent");
    }
}
