using Engine.Items;

namespace Engine.Pipeline.Prompts;

/// <summary>Prompts and categories that come in.</summary>
public sealed partial class PromptPlanner
{
    private readonly Dictionary<string, PlannedPrompt> _prompts = []; // By id. Guarded by _gate.
    private long _duplicates; // Guarded by _gate.

    /// <summary>Adds prompts; each one stands or falls by itself.</summary>
    /// <param name="requests">The prompts.</param>
    /// <returns>What became of them.</returns>
    /// <exception cref="InvalidOperationException">The intake is closed.</exception>
    public AddResult Add(IReadOnlyCollection<PromptRequest> requests)
    {
        ArgumentNullException.ThrowIfNull(requests);
        lock (_gate)
        {
            return _intakeOpen
                ? AddAll(requests, [])
                : throw new InvalidOperationException("The intake is closed; the daemon is draining.");
        }
    }

    /// <summary>Says that no more prompts will come: the planner ends when every category is closed.</summary>
    public void CloseIntake()
    {
        lock (_gate)
        {
            _intakeOpen = false;
            foreach (PlannedCategory category in _categories)
            {
                Settle(category);
            }

            WakeIfDue();
        }
    }

    private AddResult AddAll(IReadOnlyCollection<PromptRequest> requests, List<AddedPrompt>? added)
    {
        (int index, int addedCount, int duplicates, int refusedCount) = (0, 0, 0, 0);
        List<RefusedPrompt> refused = [];
        foreach (PromptRequest request in requests)
        {
            string? refusal = AddOne(request, out AddedPrompt? prompt);
            if (prompt is not null)
            {
                addedCount++;
                added?.Add(prompt);
            }
            else if (refusal is null)
            {
                duplicates++;
            }
            else if (++refusedCount <= AddResult.RefusedListedMax)
            {
                refused.Add(new RefusedPrompt(index, refusal));
            }

            index++;
        }

        _duplicates += duplicates;
        CountAdded(addedCount, duplicates, refusedCount);
        return new AddResult
        {
            Added = added ?? [],
            AddedCount = addedCount,
            Duplicates = duplicates,
            RefusedCount = refusedCount,
            Refused = refused,
        };
    }

    /// <summary>Adds one prompt.</summary>
    /// <returns>Why it was refused; null when it was taken; null without a prompt when it was held already.</returns>
    private string? AddOne(PromptRequest request, out AddedPrompt? added)
    {
        added = null;
        if (PromptText.Clean(request.Text, _plan.PromptBytesMax, out string text) is { } wrong)
        {
            return $"the prompt {wrong}";
        }

        if (PromptText.Clean(request.Category, PromptText.CategoryBytesMax, out string name) is { } wrongName)
        {
            return $"the category {wrongName}";
        }

        _byName.TryGetValue(PromptText.Normal(name), out PlannedCategory? category);
        if (category is null && RefusalOfCategory(name) is { } refusal)
        {
            return refusal;
        }

        string id = PromptIdentity.Id(name, text, request.Seed);
        if (_prompts.TryGetValue(id, out PlannedPrompt? held))
        {
            return PromptText.Normal(held.Text) == PromptText.Normal(text)
                ? null
                : $"the prompt has the id {id} of another prompt, by chance; change a word of it";
        }

        if (_prompts.Count >= _plan.PromptsMax)
        {
            return $"{_prompts.Count} prompts are held; prompts_max ({_plan.PromptsMax}) allows no more";
        }

        category ??= Open(name, weight: 1, _plan.Quota);
        EndedTries ended = _restored.Prompts.TryGetValue(id, out EndedTries tries) ? tries : new(0, []);
        PlannedPrompt prompt = new(id, text, request.Seed, category.Prompts, ended);
        _prompts.Add(id, prompt);
        category.Add(prompt);
        Settle(category);
        added = new AddedPrompt(id, category.Name, text, request.Seed);
        return null;
    }

    private string? RefusalOfCategory(string name) =>
        !_plan.NewCategories
            ? $"the category '{name}' is not in the plan (new_categories is false)"
            : _categories.Count >= PlanOptions.CategoriesMax
                ? $"the category '{name}' is new and there are {_categories.Count}; no more are allowed"
                : null;

    /// <summary>Opens a category and restores its account.</summary>
    private PlannedCategory Open(string name, double weight, long quota)
    {
        PlannedCategory category = new(name, weight, quota, _categories.Count, _plan);
        _categories.Add(category);
        string normal = PromptText.Normal(name);
        _byName.Add(normal, category);
        category.RestoreAccepted(_restoredAccepted.GetValueOrDefault(normal));
        foreach ((string reason, long tries) in _restoredRejected[normal])
        {
            category.RestoreRejected(reason, tries);
        }

        _heeded = Demand.None; // so that the next try sees what is asked of this one too
        _openCategories++;
        CountOpened();
        Settle(category);
        return category;
    }
}
