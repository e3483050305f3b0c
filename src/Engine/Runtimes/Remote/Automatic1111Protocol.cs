using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Items;

namespace Engine.Runtimes.Remote;

/// <summary>The AUTOMATIC1111 web UI's txt2img.</summary>
internal sealed class Automatic1111Protocol : IRemoteProtocol
{
    public string Path => "sdapi/v1/txt2img";

    public string PicturePlace => "images[0]";

    public JsonObject Request(Prompt prompt, RemoteOptions options)
    {
        JsonObject request = new()
        {
            ["prompt"] = prompt.Text,
            ["negative_prompt"] = options.NegativePrompt,
            ["seed"] = Seed(prompt),
            ["steps"] = options.Steps,
            ["cfg_scale"] = options.GuidanceScale,
            ["width"] = options.WidthPx,
            ["height"] = options.HeightPx,
            ["batch_size"] = 1,
            ["n_iter"] = 1,
        };
        if (options.Sampler.Length > 0)
        {
            request["sampler_name"] = options.Sampler;
        }

        if (options.Model.Length > 0)
        {
            request["override_settings"] = new JsonObject { ["sd_model_checkpoint"] = options.Model };
        }

        return request;
    }

    public bool TryFindPicture(JsonElement answer, out JsonElement picture)
    {
        picture = default;
        if (answer.ValueKind != JsonValueKind.Object
            || !answer.TryGetProperty("images", out JsonElement images)
            || images.ValueKind != JsonValueKind.Array || images.GetArrayLength() == 0)
        {
            return false;
        }

        picture = images[0];
        return picture.ValueKind == JsonValueKind.String;
    }

    public IEnumerable<KeyValuePair<string, string>> Lineage(Prompt prompt, RemoteOptions options)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        yield return new("seed", Seed(prompt).ToString(plain));
        yield return new("steps", options.Steps.ToString(plain));
        yield return new("guidance", options.GuidanceScale.ToString(plain));
        if (options.Sampler.Length > 0)
        {
            yield return new("sampler", options.Sampler);
        }

        if (options.NegativePrompt.Length > 0)
        {
            yield return new("negative_prompt", options.NegativePrompt);
        }
    }

    // Its seeds are 32 bits wide; a negative one would mean "any", which an unsigned one is never.
    private static uint Seed(Prompt prompt) => (uint)prompt.Seed;
}
