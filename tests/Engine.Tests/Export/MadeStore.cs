using Engine.Items;
using Engine.Pipeline.Record;
using Engine.Store;
using Engine.Tests.Pipeline.Record;
using Engine.Tests.Store;

namespace Engine.Tests.Export;

/// <summary>A store of real samples: pictures, masks and JSON as the encode stage makes them.</summary>
internal static class MadeStore
{
    private static readonly Provenance Run = new() { RunId = "r", RunSeed = 1, Software = "headwater test" };

    /// <summary>Adds samples; three categories in turn.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="from">Number of the first.</param>
    /// <param name="count">How many.</param>
    /// <param name="maskOf">Mask of a number, [height, width]; null for a slanted block.</param>
    public static async Task<Sample[]> FillAsync(
        StoreFolder folder, int from, int count, Func<int, BinaryMask>? maskOf = null)
    {
        EncodeStep encode = new(new RecordOptions(), Run, sampleBytesMax: 1 << 20);
        Sample[] samples = new Sample[count];
        for (int i = 0; i < count; i++)
        {
            int number = from + i;
            BinaryMask? mask = maskOf?.Invoke(number);
            Embedded item = RecordItems.Of(mask?.Width ?? (40 + (number % 50)), mask?.Height ?? 30, seed: number);
            Picture picture = item.Annotated.Picture;
            Prompt prompt = picture.Prompt with { Attempt = number, Category = $"category {number % 3}" };
            Annotated annotated = item.Annotated with
            {
                Picture = picture with { Prompt = prompt }, Mask = mask ?? item.Annotated.Mask,
            };
            samples[i] = (await encode.RunAsync(item with { Annotated = annotated }, CancellationToken.None)).Value!;
        }

        await using SampleStore store = folder.Open();
        await store.AppendAsync(samples);
        return samples;
    }
}
