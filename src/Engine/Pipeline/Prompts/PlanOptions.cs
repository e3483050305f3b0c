using Engine.Options;

namespace Engine.Pipeline.Prompts;

/// <summary>What is to be made: categories, their quotas and where their prompts come from.</summary>
public sealed partial record PlanOptions : ICheckedOptions
{
    /// <summary>Categories of a plan at most.</summary>
    public const int CategoriesMax = 100_000;

    /// <summary>A key has six digits for the attempt, so no prompt has more tries.</summary>
    public const int AttemptsMax = 1_000_000;

    /// <summary>The categories, up to 100,000. Default none.</summary>
    public IReadOnlyList<CategoryOptions> Categories { get; init; } = [];

    /// <summary>Accepted samples wanted of each category that states no quota. 1 to 1,000,000,000; 0 means that each
    /// category must state its own. Default 0.</summary>
    public long Quota { get; init; }

    /// <summary>
    /// Prompts made for each category that brings no templates: {name} and {definition} are filled in, and a category
    /// without a definition loses that placeholder with the comma before it. Up to 1,000; an empty list makes none.
    /// Default "a photo of a single {name}, {definition}, in a white background".
    /// </summary>
    public IReadOnlyList<string> Templates { get; init; } = [PromptTemplate.Default];

    /// <summary>Files of prompts, up to 10,000, read once at start. Default none.</summary>
    public IReadOnlyList<PromptFileOptions> PromptFiles { get; init; } = [];

    /// <summary>
    /// True lets a prompt of an unknown category open that category, with the plan's quota and weight 1; false refuses
    /// the prompt. Default false.
    /// </summary>
    public bool NewCategories { get; init; }

    /// <summary>Tries of one prompt at most, accepted ones included. 1 to 1,000,000. Default 1,000,000.</summary>
    public int AttemptsPerPromptMax { get; init; } = AttemptsMax;

    /// <summary>Tries for each wanted sample, on average over a category, before the category counts as exhausted.
    /// 1 to 1,000,000. Default 20.</summary>
    public int AttemptsPerQuotaMax { get; init; } = 20;

    /// <summary>
    /// How far consumers' demand may move a category's weight: at most times this, and no lower than the weight divided
    /// by it. 1 to 64; 1 heeds no demand. Default 4.
    /// </summary>
    public double DemandMaxFactor { get; init; } = 4;

    /// <summary>Prompts held at most, from all sources together. 1 to 100,000,000. Default 1,000,000.</summary>
    public int PromptsMax { get; init; } = 1_000_000;

    /// <summary>UTF-8 bytes of a prompt at most. 1 to 4,096. Default 4,096.</summary>
    public int PromptBytesMax { get; init; } = 4096;
}
