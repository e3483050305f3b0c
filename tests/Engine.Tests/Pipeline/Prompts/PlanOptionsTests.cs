using Engine.Pipeline.Prompts;
using Tests.Shared;

namespace Engine.Tests.Pipeline.Prompts;

public sealed class PlanOptionsTests
{
    private static readonly CategoryOptions Cat = new() { Name = "cat", Quota = 5 };

    [Fact]
    public void Plan_of_one_category_with_a_quota_is_valid_as_it_comes()
    {
        Assert.Empty(Problems(new() { Categories = [Cat] }));
        Assert.Empty(Problems(new() { Categories = [new() { Name = "cat" }], Quota = 3 }));
        Assert.Empty(Problems(new() { NewCategories = true, Quota = 3 }));
    }

    [Fact]
    public void Everything_that_is_wrong_is_listed_at_once_with_its_place_value_and_bound()
    {
        PlanOptions plan = new()
        {
            Quota = -1,
            PromptBytesMax = 5000,
            AttemptsPerQuotaMax = 0,
            AttemptsPerPromptMax = 1_000_001,
            PromptsMax = 100,
            Templates = ["a {nmae}", "a {name", "no place"],
            Categories =
            [
                Cat,
                new() { Name = "Cat ", Weight = 0, Quota = 1_000_000_001 },
                new() { Name = "a\nb", Quota = 1 },
                new() { Name = "dog", Weight = double.NaN, Quota = 1, Templates = ["{}"] },
            ],
            PromptFiles =
            [
                new() { Path = "x.txt" }, new() { Path = "y.jsonl" }, new() { Path = "", Category = "bird" },
            ],
        };

        Assert.Equal(
            [
                "Quota is -1; it must be 0 to 1000000000 accepted samples (0: each category states its own)",
                "AttemptsPerPromptMax is 1000001; it must be 1 to 1000000 tries",
                "AttemptsPerQuotaMax is 0; it must be 1 to 1000000 tries a sample",
                "PromptBytesMax is 5000; it must be 1 to 4096 bytes",
                "Templates[0] has the unknown placeholder {nmae} in 'a {nmae}'; known are {name} and {definition}",
                "Templates[1] has a brace that belongs to no placeholder in 'a {name'; known are {name} and "
                    + "{definition}",
                "Templates[2] is 'no place'; it must hold {name}, or all categories would get one prompt",
                "Categories[1].Weight is 0; it must be 0.000001 to 1000000",
                "Categories[1].Quota is 1000000001; it must be 0 to 1000000000 accepted samples (0: the plan's)",
                "Categories[1].Name is 'Cat ', which entry 0 has already (case and spacing do not count); "
                    + "names must differ",
                "Categories[2].Name has the control character U+000A at character 1",
                "Categories[3].Weight is NaN; it must be 0.000001 to 1000000",
                "Categories[3].Templates[0] has the unknown placeholder {} in '{}'; known are {name} and {definition}",
                "PromptFiles[0].Category is absent for 'x.txt'; a text file needs it, for its lines name none",
                "PromptFiles[2].Path is empty; it must name a file",
                "PromptFiles[2].Category is 'bird', which is not among the categories; add it, or set new_categories",
            ],
            Problems(plan));
    }

    [Fact]
    public void Missing_quota_empty_plan_and_too_many_prompts_are_problems()
    {
        Assert.Equal(
            ["Categories[0].Quota is 0 for 'cat' and the plan's is 0; one of them must be 1 or more"],
            Problems(new() { Categories = [new() { Name = "cat" }] }));
        Assert.Equal(
            ["Categories is empty; it must have at least one entry, or new_categories must be true"],
            Problems(new()));
        Assert.Equal(
            ["NewCategories is true; then the plan's quota must be 1 or more, and it is 0"],
            Problems(new() { NewCategories = true }));
        Assert.Equal(
            ["PromptsMax is 1; the categories' templates alone make 2 prompts"],
            Problems(new() { Categories = [Cat with { Templates = ["{name}", "a {name}"] }], PromptsMax = 1 }));
        Assert.Equal(
            ["Categories[0] makes of '{name} {definition}' a prompt that has 5000 bytes; at most 4096 are "
                + "allowed"],
            Problems(new()
            {
                Categories = [Cat with { Definition = new string('x', 4996), Templates = ["{name} {definition}"] }],
            }));
    }

    [Theory]
    [InlineData(null, "a photo of a single cat, in a white background")]
    [InlineData("  ", "a photo of a single cat, in a white background")]
    [InlineData("a small {name}", "a photo of a single cat, a small {name}, in a white background")]
    public void Absent_definition_takes_its_comma_with_it(string? definition, string prompt)
    {
        Assert.Equal(prompt, PromptTemplate.Render(PromptTemplate.Default, "cat", definition));
    }

    [Theory]
    [InlineData("{definition}, {name}", "cat")]
    [InlineData("{name} ({definition}) on white", "cat on white")]
    [InlineData("{name}: {definition}", "cat")]
    public void Absent_definition_leaves_no_separator_in_other_places(string template, string prompt)
    {
        Assert.Equal(prompt, PromptTemplate.Render(template, "cat", null));
    }

    [Fact]
    public async Task Loader_joins_templates_and_files_and_drops_what_repeats()
    {
        using TempFolder folder = new();
        await File.WriteAllTextAsync(
            folder.File("cat.txt"), "A  cat\nanother cat\na CAT\n\u0001\n", TestContext.Current.CancellationToken);
        PlanOptions plan = new()
        {
            Categories = [Cat with { Templates = ["a {name}"] }],
            PromptFiles = [new() { Path = folder.File("cat.txt"), Category = "Cat" }],
        };

        LoadedPrompts loaded = await PromptLoader.LoadAsync(plan, TestContext.Current.CancellationToken);

        Assert.Equal(["a cat", "another cat"], loaded.Requests.Select(request => request.Text));
        Assert.Equal((2, 1), (loaded.Duplicates, loaded.BrokenCount));
        Assert.Equal(
            folder.File("cat.txt") + ":4: the prompt has the control character U+0001 at character 0",
            loaded.Broken[0].ToString());
        await Assert.ThrowsAsync<PromptFileException>(
            () => PromptLoader.LoadAsync(plan with { PromptsMax = 1 }, TestContext.Current.CancellationToken));
    }

    private static IEnumerable<string> Problems(PlanOptions plan) =>
        plan.Problems().Select(problem => $"{problem.Property} {problem.Message}");
}
