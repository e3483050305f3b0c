using System.Globalization;
using Engine.Options;

namespace Engine.Pipeline.Prompts;

public sealed partial record PlanOptions
{
    private const long QuotaMax = 1_000_000_000;
    private const int TemplatesMax = 1_000;
    private const int PromptFilesMax = 10_000;
    private const double WeightMin = 1e-6;
    private const double WeightMax = 1e6;

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() =>
        [.. OwnProblems(), .. TemplateProblems(), .. CategoryProblems(), .. FileProblems()];

    private IEnumerable<OptionProblem> OwnProblems()
    {
        if (Range(nameof(Quota), Quota, 0, QuotaMax, "accepted samples (0: each category states its own)") is { } quota)
        {
            yield return quota;
        }

        if (NewCategories && Quota == 0)
        {
            yield return new(nameof(NewCategories), "is true; then the plan's quota must be 1 or more, and it is 0");
        }

        if (Range(nameof(AttemptsPerPromptMax), AttemptsPerPromptMax, 1, AttemptsMax, "tries") is { } perPrompt)
        {
            yield return perPrompt;
        }

        if (Range(nameof(AttemptsPerQuotaMax), AttemptsPerQuotaMax, 1, 1_000_000, "tries a sample") is { } perQuota)
        {
            yield return perQuota;
        }

        if (!(DemandMaxFactor is >= 1 and <= 64))
        {
            yield return new(nameof(DemandMaxFactor), string.Create(
                CultureInfo.InvariantCulture, $"is {DemandMaxFactor}; it must be 1 to 64"));
        }

        if (Range(nameof(PromptsMax), PromptsMax, 1, 100_000_000, "prompts") is { } prompts)
        {
            yield return prompts;
        }

        if (Range(nameof(PromptBytesMax), PromptBytesMax, 1, 4096, "bytes") is { } bytes)
        {
            yield return bytes;
        }
    }

    private IEnumerable<OptionProblem> TemplateProblems()
    {
        if (Templates.Count > TemplatesMax)
        {
            yield return new(nameof(Templates), $"has {Templates.Count} entries; it may have up to {TemplatesMax}");
        }

        for (int i = 0; i < Templates.Count; i++)
        {
            if (PromptTemplate.Problem(Templates[i]) is { } problem)
            {
                yield return new($"{nameof(Templates)}[{i}]", problem);
            }
        }
    }

    private IEnumerable<OptionProblem> CategoryProblems()
    {
        if (Categories.Count > CategoriesMax)
        {
            yield return new(nameof(Categories), $"has {Categories.Count} entries; it may have up to {CategoriesMax}");
            yield break;
        }

        if (Categories.Count == 0 && !NewCategories)
        {
            yield return new(
                nameof(Categories), "is empty; it must have at least one entry, or new_categories must be true");
        }

        long fromTemplates = Categories.Sum(category => (long)(category.Templates ?? Templates).Count);
        if (fromTemplates > PromptsMax)
        {
            yield return new(
                nameof(PromptsMax), $"is {PromptsMax}; the categories' templates alone make {fromTemplates} prompts");
            yield break;
        }

        Dictionary<string, int> seen = [];
        for (int i = 0; i < Categories.Count; i++)
        {
            foreach (OptionProblem problem in CategoryProblems($"{nameof(Categories)}[{i}]", Categories[i]))
            {
                yield return problem;
            }

            if (!seen.TryAdd(PromptText.Normal(Categories[i].Name), i))
            {
                yield return new(
                    $"{nameof(Categories)}[{i}].{nameof(CategoryOptions.Name)}",
                    $"is '{Categories[i].Name}', which entry {seen[PromptText.Normal(Categories[i].Name)]} has already "
                        + "(case and spacing do not count); names must differ");
            }
        }
    }

    private IEnumerable<OptionProblem> CategoryProblems(string at, CategoryOptions category)
    {
        if (PromptText.Clean(category.Name, PromptText.CategoryBytesMax, out string name) is { } wrong)
        {
            yield return new($"{at}.{nameof(CategoryOptions.Name)}", wrong);
            yield break;
        }

        if (!(category.Weight is >= WeightMin and <= WeightMax))
        {
            yield return new(
                $"{at}.{nameof(CategoryOptions.Weight)}",
                string.Create(
                    CultureInfo.InvariantCulture, $"is {category.Weight}; it must be 0.000001 to 1000000"));
        }

        string quotaAt = $"{at}.{nameof(CategoryOptions.Quota)}";
        if (Range(quotaAt, category.Quota, 0, QuotaMax, "accepted samples (0: the plan's)") is { } quota)
        {
            yield return quota;
        }
        else if (category.Quota == 0 && Quota == 0)
        {
            yield return new(quotaAt, $"is 0 for '{name}' and the plan's is 0; one of them must be 1 or more");
        }

        IReadOnlyList<string> templates = category.Templates ?? [];
        for (int i = 0; i < templates.Count; i++)
        {
            if (PromptTemplate.Problem(templates[i]) is { } problem)
            {
                yield return new($"{at}.{nameof(CategoryOptions.Templates)}[{i}]", problem);
            }
        }

        foreach (string template in (category.Templates ?? Templates).Where(one => PromptTemplate.Problem(one) is null))
        {
            string text = PromptTemplate.Render(template, name, category.Definition);
            if (PromptText.Clean(text, PromptBytesMax, out _) is { } problem)
            {
                yield return new(at, $"makes of '{template}' a prompt that {problem}");
            }
        }
    }

    private IEnumerable<OptionProblem> FileProblems()
    {
        if (PromptFiles.Count > PromptFilesMax)
        {
            yield return new(
                nameof(PromptFiles), $"has {PromptFiles.Count} entries; it may have up to {PromptFilesMax}");
        }

        HashSet<string> known = [.. Categories.Select(category => PromptText.Normal(category.Name))];
        for (int i = 0; i < PromptFiles.Count; i++)
        {
            (PromptFileOptions file, string at) = (PromptFiles[i], $"{nameof(PromptFiles)}[{i}]");
            if (file.Path.Length == 0)
            {
                yield return new($"{at}.{nameof(PromptFileOptions.Path)}", "is empty; it must name a file");
            }

            string categoryAt = $"{at}.{nameof(PromptFileOptions.Category)}";
            if (file.Category is null && !file.IsJsonLines)
            {
                yield return new(
                    categoryAt, $"is absent for '{file.Path}'; a text file needs it, for its lines name none");
            }
            else if (file.Category is { } category && PromptText.Clean(
                category, PromptText.CategoryBytesMax, out string clean) is { } wrong)
            {
                yield return new(categoryAt, wrong);
            }
            else if (file.Category is { } other && !NewCategories && !known.Contains(PromptText.Normal(other)))
            {
                yield return new(
                    categoryAt, $"is '{other}', which is not among the categories; add it, or set new_categories");
            }
        }
    }

    private static OptionProblem? Range(string property, long value, long least, long most, string unit) =>
        value < least || value > most
            ? new OptionProblem(property, $"is {value}; it must be {least} to {most} {unit}")
            : null;
}
