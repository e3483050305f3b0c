using System.Globalization;
using Engine.Imaging;
using Engine.Items;
using Engine.Runtimes.CopyPaste;

namespace Engine.Tests.Runtimes.CopyPaste;

/// <summary>Samples in memory: an ellipse of one colour on white each, of a size drawn by its number.</summary>
internal sealed class MemoryPool(IReadOnlyList<string> categories) : ISamplePool
{
    public HashSet<long> Taken { get; } = [];

    public IReadOnlyList<StoredSample> List(long afterSequence, long lastSequence) =>
    [
        .. Enumerable.Range(1, categories.Count)
            .Where(sequence => sequence > afterSequence && sequence <= lastSequence && !Taken.Contains(sequence))
            .Select(sequence => new StoredSample(sequence, Key(sequence), categories[sequence - 1], 0, 0, 1, 0)),
    ];

    public ValueTask<Sample?> ReadAsync(StoredSample stored, CancellationToken stopping)
    {
        Random random = new((int)stored.Sequence);
        const int side = 64;
        (int across, int down) = (random.Next(8, 30), random.Next(8, 30));
        byte[] colour = new byte[3];
        random.NextBytes(colour);
        (byte[] pixels, byte[] mask) = (new byte[side * side * 3], new byte[side * side]);
        pixels.AsSpan().Fill(255);
        for (int at = 0; at < mask.Length; at++)
        {
            double x = ((at % side) - (side / 2)) / (double)across;
            double y = ((at / side) - (side / 2)) / (double)down;
            if ((x * x) + (y * y) <= 1)
            {
                mask[at] = 1;
                colour.CopyTo(pixels, at * 3);
            }
        }

        return ValueTask.FromResult<Sample?>(Taken.Contains(stored.Sequence) ? null : new Sample
        {
            Key = stored.Key,
            Category = stored.Category,
            PromptId = "0",
            Attempt = 0,
            Image = ImageCodec.EncodePng(new RgbImage(side, side, pixels)),
            ImageExtension = "png",
            MaskPng = ImageCodec.EncodePng(new BinaryMask(side, side, mask)),
            Json = default,
        });
    }

    private static string Key(int sequence) => string.Create(CultureInfo.InvariantCulture, $"{sequence:x16}-000000");
}
