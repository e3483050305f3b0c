using Engine.Imaging;
using Engine.Index;
using Engine.Items;
using Tests.Shared;

namespace Engine.Tests.Index;

/// <summary>Pictures of one pixel, whose row follows from the pixel, in categories taking turns.</summary>
internal sealed class TestSource(int count, int categories)
{
    public const int Width = 12;

    private int _embedded;

    /// <summary>Pictures embedded so far, by all builds.</summary>
    public int Embedded => _embedded;

    /// <summary>After how many the embedding dies; never by default.</summary>
    public int DiesAfter { get; set; } = int.MaxValue;

    /// <summary>The number of the picture that cannot be read; none by default.</summary>
    public int Unreadable { get; set; } = -1;

    public IndexSource Source => new(
        "test", [.. Enumerable.Range(0, categories).Select(c => ((long)c + 1, $"thing {c}", (string?)null))],
        _ => Items(), count);

    public static float[] RowOf(int number) => UnitRows.Of(1, Width, seed: number);

    public ValueTask<IReadOnlyList<float[]?>> EmbedAsync(IReadOnlyList<RgbImage> pictures, CancellationToken stopping)
    {
        List<float[]?> rows = [];
        foreach (RgbImage picture in pictures)
        {
            if (++_embedded > DiesAfter)
            {
                throw new InvalidOperationException("killed");
            }

            rows.Add(RowOf((picture.Pixels[0] * 256) + picture.Pixels[1]));
        }

        return ValueTask.FromResult<IReadOnlyList<float[]?>>(rows);
    }

    private async IAsyncEnumerable<IndexItem> Items()
    {
        await Task.CompletedTask;
        for (int i = 0; i < count; i++)
        {
            int number = i;
            yield return new IndexItem($"picture {number:D5}", (number % categories) + 1)
            {
                Picture = () => number == Unreadable
                    ? throw new ImageException(ImageFault.Damaged, "it ends too soon")
                    : new RgbImage(1, 1, [(byte)(number / 256), (byte)(number % 256), 0]),
            };
        }
    }
}
