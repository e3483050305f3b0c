namespace Engine.Pipeline.Prompts;

/// <summary>Collects the prompts of a plan at start.</summary>
public sealed class PromptLoader
{
    private readonly PlanOptions _plan;
    private readonly List<PromptRequest> _requests = [];
    private readonly HashSet<string> _ids = [];
    private readonly List<PromptLine> _broken = [];
    private long _duplicates;
    private long _brokenCount;

    private PromptLoader(PlanOptions plan) => _plan = plan;

    /// <summary>Fills the templates in and reads the files. A broken line is reported and the rest is read.</summary>
    /// <param name="plan">The plan, without problems.</param>
    /// <param name="stopping">Ends the reading.</param>
    /// <returns>The prompts, each once, and what was left out.</returns>
    /// <exception cref="PromptFileException">A file cannot be opened or read, or brings the plan over
    /// <see cref="PlanOptions.PromptsMax"/>.</exception>
    public static async Task<LoadedPrompts> LoadAsync(PlanOptions plan, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PromptLoader loader = new(plan);
        foreach (PromptRequest request in FromTemplates(plan))
        {
            loader.Add(request);
        }

        foreach (PromptFileOptions file in plan.PromptFiles)
        {
            await loader.ReadAsync(file, stopping).ConfigureAwait(false);
        }

        return new LoadedPrompts(loader._requests, loader._duplicates, loader._broken, loader._brokenCount);
    }

    /// <summary>One prompt a category and template, in the plan's order.</summary>
    private static IEnumerable<PromptRequest> FromTemplates(PlanOptions plan)
    {
        foreach (CategoryOptions category in plan.Categories)
        {
            PromptText.Clean(category.Name, PromptText.CategoryBytesMax, out string name);
            foreach (string template in category.Templates ?? plan.Templates)
            {
                string filled = PromptTemplate.Render(template, name, category.Definition);
                PromptText.Clean(filled, plan.PromptBytesMax, out string text);
                yield return new PromptRequest(name, text);
            }
        }
    }

    private async Task ReadAsync(PromptFileOptions file, CancellationToken stopping)
    {
        PromptReadLimits limits = PromptReadLimits.ForFiles(_plan);
        await foreach (PromptLine line in PromptFileReader.ReadFileAsync(file, limits, stopping).ConfigureAwait(false))
        {
            if (line.Request is { } request)
            {
                Add(request);
                if (_requests.Count > _plan.PromptsMax)
                {
                    throw new PromptFileException(
                        $"The prompt file '{file.Path}' brings the plan to more than {_plan.PromptsMax} prompts at "
                            + $"line {line.Number}; raise prompts_max or give fewer.");
                }
            }
            else if (++_brokenCount <= LoadedPrompts.BrokenListedMax)
            {
                _broken.Add(line);
            }
        }
    }

    private void Add(PromptRequest request)
    {
        if (_ids.Add(PromptIdentity.Id(request.Category, request.Text, request.Seed)))
        {
            _requests.Add(request);
        }
        else
        {
            _duplicates++;
        }
    }
}
