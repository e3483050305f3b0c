using System.Diagnostics.Metrics;

namespace Engine.Runtimes.Diffusion;

public sealed partial class DiffusionGenerator
{
    private static readonly Meter Meter = new("Headwater.Generate");

    private static readonly Counter<long> CutTotal = Meter.CreateCounter<long>(
        "headwater.generate.prompts_cut", "{prompt}", "Prompts longer than the text encoder's context.");

    private static readonly Counter<long> TextsTotal = Meter.CreateCounter<long>(
        "headwater.generate.texts", "{text}", "Texts encoded for a picture, by where the encoding came from.");

    private static readonly Counter<long> HalvingsTotal = Meter.CreateCounter<long>(
        "headwater.generate.batch_halvings", "{halving}", "Times a batch was halved because memory did not suffice.");

    private static readonly KeyValuePair<string, object?> Cached = new("result", "cached");
    private static readonly KeyValuePair<string, object?> Computed = new("result", "computed");
    private static readonly KeyValuePair<string, object?> OfUnet = new("role", "unet");
    private static readonly KeyValuePair<string, object?> OfDecoder = new("role", "vae_decoder");

    private readonly KeyValuePair<string, object?> _generator;
}
