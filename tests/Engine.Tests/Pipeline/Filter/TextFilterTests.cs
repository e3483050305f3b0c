using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Filter;

namespace Engine.Tests.Pipeline.Filter;

/// <summary>Goal: the score is the cosine to the category's text, or what it is above every other's.</summary>
public sealed class TextFilterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Score_is_the_cosine_to_the_text_of_the_items_category()
    {
        using Texts texts = new();
        TextFilter filter = await TextFilter.MakeAsync(Options(min: 0.5), texts, Token);

        Outcome<Embedded> at = await filter.JudgeAsync(FilterItem.Of("cat", [0.5f, 0.5f]), Token);
        Outcome<Embedded> below =
            await filter.JudgeAsync(FilterItem.Of("cat", [MathF.BitDecrement(0.5f), 0.9f]), Token);
        Outcome<Embedded> none = await filter.JudgeAsync(FilterItem.Of("cat", [float.NaN, 0]), Token);
        await filter.JudgeAsync(FilterItem.Of("dog", [0, 1]), Token);

        Assert.Equal(0.5, at.Value!.Scores["text"]);
        Assert.Equal(RejectReason.ScoreLow, below.DropReason);
        Assert.Equal("text: the cosine is NaN; at least 0.5 is wanted for 'cat'", none.Detail);
        Assert.Equal(["one cat here", "one dog here"], texts.Asked);
    }

    [Fact]
    public async Task Against_others_the_score_is_the_lead_over_the_best_of_them_and_never_over_itself()
    {
        using Texts texts = new();
        TextFilter filter = await TextFilter.MakeAsync(Options(min: 0, "cat", "dog", "fish"), texts, Token);

        Outcome<Embedded> right = await filter.JudgeAsync(FilterItem.Of("cat", [0.75f, 0.25f]), Token);
        Outcome<Embedded> wrong = await filter.JudgeAsync(FilterItem.Of("cat", [0.25f, 0.75f]), Token);

        Assert.Equal(0.5, right.Value!.Scores["text"], 6);
        Assert.Equal(
            "text: the cosine less that to 'dog' is -0.5; at least 0 is wanted for 'cat'", wrong.Detail);
    }

    [Fact]
    public async Task Embedding_of_another_width_is_named()
    {
        using Texts texts = new();
        TextFilter filter = await TextFilter.MakeAsync(Options(min: 0), texts, Token);

        InvalidDataException thrown = await Assert.ThrowsAsync<InvalidDataException>(
            () => filter.JudgeAsync(FilterItem.Of("cat", []), Token).AsTask());

        Assert.Equal("An embedding of 0 numbers cannot be compared with texts embedded to 2.", thrown.Message);
    }

    [Fact]
    public void Options_that_are_wrong_are_named()
    {
        TextOptions wrong = new() { Template = "a photo", Against = ["cat", " "] };

        Assert.Equal(["Template", "Against"], wrong.Problems().Select(problem => problem.Property));
    }

    private static FilterOptions Options(double min, params string[] against) => new()
    {
        Name = "text", Min = min, Text = new() { Template = "one {name} here", Against = against },
    };

    /// <summary>Cats lie along one axis, dogs along the other, all else half way down the second.</summary>
    private sealed class Texts : ITextEmbedder
    {
        public int Width => 2;

        public List<string> Asked { get; } = [];

        public ValueTask<IReadOnlyList<float[]>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken stopping)
        {
            Asked.AddRange(texts);
            return ValueTask.FromResult<IReadOnlyList<float[]>>([.. texts.Select(text =>
                text.Contains("cat", StringComparison.Ordinal) ? new float[] { 1, 0 }
                : text.Contains("dog", StringComparison.Ordinal) ? new float[] { 0, 1 }
                : new float[] { 0, 0.5f })]);
        }

        public void Dispose()
        {
        }
    }
}
