namespace Engine.Pipeline.Prompts;

/// <summary>How the plan stood at one moment; all figures are of the same moment.</summary>
public sealed record PlanProgress
{
    /// <summary>The categories, in the plan's order, then those opened at run time.</summary>
    public required IReadOnlyList<CategoryProgress> Categories { get; init; }

    /// <summary>Prompts held.</summary>
    public required int Prompts { get; init; }

    /// <summary>Requests dropped because the planner held the prompt already.</summary>
    public required long Duplicates { get; init; }

    /// <summary>Tries issued and not ended.</summary>
    public required int InFlight { get; init; }

    /// <summary>False once <see cref="PromptPlanner.CloseIntake"/> was called.</summary>
    public required bool IntakeOpen { get; init; }

    /// <summary>True when no try will be issued any more.</summary>
    public required bool Finished { get; init; }
}
