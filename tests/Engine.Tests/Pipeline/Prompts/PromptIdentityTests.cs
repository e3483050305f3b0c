using Engine.Pipeline.Prompts;

namespace Engine.Tests.Pipeline.Prompts;

/// <summary>Golden values, computed apart from this code: a change of layout would orphan every ledger.</summary>
public sealed class PromptIdentityTests
{
    [Theory]
    [InlineData("cat", "A photo of  a CAT", null, "df65c81dc2efd522")]
    [InlineData(" Cat ", "a photo of a cat", null, "df65c81dc2efd522")]
    [InlineData("Café", "Éclair", null, "6e12801a9d7f2ea4")]
    [InlineData("cat", "a photo of a cat", 7UL, "f4f819c985ab59fb")]
    public void Id_is_the_hash_of_category_and_text_ignoring_case_and_spacing(
        string category, string text, ulong? seed, string id)
    {
        Assert.Equal(id, PromptIdentity.Id(category, text, seed));
    }

    [Fact]
    public void Category_and_text_cannot_be_shifted_into_each_other()
    {
        Assert.NotEqual(PromptIdentity.Id("a b", "c", null), PromptIdentity.Id("a", "b c", null));
    }

    [Theory]
    [InlineData(0UL, 0, 12816530395919077382UL)]
    [InlineData(42UL, 3, 6591064252033890904UL)]
    [InlineData(ulong.MaxValue, 999_999, 12406618724707210507UL)]
    public void Seed_is_the_hash_of_run_prompt_and_attempt(ulong run, int attempt, ulong seed)
    {
        Assert.Equal(seed, PromptIdentity.Seed(run, "df65c81dc2efd522", attempt, seed: null));
    }

    [Fact]
    public void Seed_that_a_prompt_brought_counts_up_and_wraps()
    {
        Assert.Equal(12UL, PromptIdentity.Seed(1, "df65c81dc2efd522", 2, seed: 10));
        Assert.Equal(1UL, PromptIdentity.Seed(1, "df65c81dc2efd522", 2, seed: ulong.MaxValue));
    }
}
