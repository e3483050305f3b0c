using System.Text;
using Engine.Index.Sources;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Index;

/// <summary>Goal: whatever the bytes are, the answer is a reading with counted problems, or an InvalidDataException.
/// </summary>
public sealed class CocoSourceFuzzTests
{
    private static readonly byte[] Json = Encoding.UTF8.GetBytes(CocoText.With(
        CocoText.Annotation(),
        CocoText.Annotation("""{"size": [8, 10], "counts": [9, 3, 68]}""", id: 2),
        CocoText.Annotation("""{"size": [8, 10], "counts": "93T2"}""", id: 3),
        CocoText.Annotation("[[1.5,1e0,4,1,4,4],[2,2,3,3,2,3]]", id: 4)));

    private static readonly Arbitrary<byte[]> Broken = (
        from seed in Gen.Choose(0, int.MaxValue)
        from flips in Gen.Choose(0, 4)
        from kind in Gen.Choose(0, 2)
        select Break(seed, flips, kind)).ToArbitrary();

    [Fact]
    public async Task Json_cut_at_any_byte_is_refused()
    {
        for (int length = 0; length < Json.Length; length++)
        {
            InvalidDataException refused = await Assert.ThrowsAsync<InvalidDataException>(
                () => CocoText.ReadAsync(Json[..length]));

            Assert.StartsWith("some.json: byte ", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Broken_json_is_refused_or_its_problems_are_counted() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(3000),
        Prop.ForAll(Broken, json => Reads(new MemoryStream(json))));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public async Task Text_that_comes_in_pieces_is_read_the_same(int chunk)
    {
        (List<RealGroup> whole, _) = await CocoText.ReadAsync(Json);

        (List<RealGroup> pieces, CocoSource source) = await CocoText.ReadAsync(
            () => new ChunkedStream(Json, chunk), new() { AnnotationsFile = "some.json" });

        Assert.Equal(whole.Single().Instances.Select(one => one.Id), pieces.Single().Instances.Select(one => one.Id));
        Assert.InRange(source.Problems.Total, 0, 1);
    }

    private static bool Reads(MemoryStream json)
    {
        try
        {
            (List<RealGroup> groups, CocoSource source) = CocoText
                .ReadAsync(json.ToArray()).GetAwaiter().GetResult();
            return groups.Sum(group => group.Instances.Count) <= 4 && source.Problems.Listed.Count <= 100;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    private static byte[] Break(int seed, int flips, int kind)
    {
        Random random = new(seed);
        byte[] json = [.. Json];
        for (int i = 0; i < flips; i++)
        {
            // Signs of json among the flips, or nearly all would end at the first syntax error.
            int at = random.Next(json.Length);
            json[at] = kind == 0 ? (byte)random.Next(256) : "0123456789,-[]{}\" .e"u8[random.Next(20)];
        }

        return kind == 2 ? json[..random.Next(json.Length)] : json;
    }
}
