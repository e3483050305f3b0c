using Engine.Runtimes.Diffusion.Text;

namespace Engine.Tests.Runtimes.Diffusion.Text;

public sealed class EncodingCacheTests
{
    [Fact]
    public void Cache_holds_what_was_used_last_and_no_more_than_its_bytes()
    {
        TextEncoding Encoding(int number) => new([number, 0, 0, 0], 1, 4, [], 0);
        EncodingCache cache = new(bytesMax: 3 * Encoding(0).Bytes);
        List<string> model = []; // The oldest first.
        Random random = new(7);

        for (int turn = 0; turn < 2000; turn++)
        {
            int number = random.Next(6);
            string text = $"text {number}";
            TextEncoding? found = cache.Find(text);

            Assert.Equal(model.Contains(text), found is not null);
            Assert.Equal(number, found?.Hidden[0] ?? number);
            if (found is null)
            {
                cache.Add(text, Encoding(number));
            }

            model.Remove(text);
            model.Add(text);
            model = [.. model.TakeLast(3)];
            Assert.Equal(model.Count, cache.Count);
        }
    }

    [Fact]
    public void Encoding_larger_than_the_cache_is_kept_until_the_next()
    {
        EncodingCache cache = new(bytesMax: 1);
        cache.Add("a", new TextEncoding(new float[9], 1, 9, [], 0));
        Assert.NotNull(cache.Find("a"));

        cache.Add("b", new TextEncoding(new float[9], 1, 9, [], 0));

        Assert.Null(cache.Find("a"));
        Assert.NotNull(cache.Find("b"));
    }
}
