using Engine.Flow;
using Engine.Options;

namespace Engine.Pipeline;

/// <summary>How each stage is bounded.</summary>
/// <remarks>The defaults fit pictures of 512 to 1,024 px and one accelerator or a few cores: two batches under way in
/// the heavy stages, and less than 2 GiB held when everything is full.</remarks>
public sealed record PipelineOptions : ICheckedOptions
{
    /// <summary>Prompts to pictures. Two workers: one batch is decoded while the next is denoised.</summary>
    public StageOptions Generate { get; init; } = new() { CapacityItems = 16, BatchMax = 4, WorkersMax = 2 };

    /// <summary>Pictures to masks.</summary>
    public StageOptions Annotate { get; init; } = new() { CapacityItems = 8 };

    /// <summary>Objects to embeddings.</summary>
    public StageOptions Embed { get; init; } = new() { CapacityItems = 16, BatchMax = 8 };

    /// <summary>The filter chain.</summary>
    public StageOptions Filter { get; init; } = new() { CapacityItems = 16 };

    /// <summary>Pictures and masks to files.</summary>
    public StageOptions Encode { get; init; } = new() { CapacityItems = 16, WorkersMax = 2 };

    /// <summary>Group commit: what is gathered shares one flush to disk.</summary>
    public StageOptions Store { get; init; } = new() { CapacityItems = 64, BatchMax = 32 };

    /// <summary>Stored samples waiting for the window of the slowest consumer group.</summary>
    public StageOptions Deliver { get; init; } = new() { CapacityItems = 8 };

    /// <summary>Rejected tries on their way to the ledger.</summary>
    public StageOptions Reject { get; init; } = new() { CapacityItems = 256, BatchMax = 64 };

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems() => [];
}
