using Engine.Options;

namespace Engine.Runtimes.Gan;

/// <summary>Which of a model's classes a category is.</summary>
public sealed record GanClass : ICheckedOptions
{
    /// <summary>The category's name, as in the plan; case does not matter. Required.</summary>
    public string Name { get; init; } = "";

    /// <summary>The model's number for it, from 0. Default 0.</summary>
    public int Id { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Name))
        {
            yield return new(nameof(Name), "is empty; it must name a category of the plan");
        }

        if (Id < 0)
        {
            yield return new(nameof(Id), $"is {Id}; it must be 0 or more");
        }
    }
}
