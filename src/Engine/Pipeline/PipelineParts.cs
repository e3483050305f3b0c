using Engine.Items;
using Engine.Pipeline.Annotate;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Filter;
using Engine.Pipeline.Generate;
using Engine.Pipeline.Prompts;
using Engine.Pipeline.Record;

namespace Engine.Pipeline;

/// <summary>What the stages do; every part is owned by the caller and outlives the line.</summary>
public sealed record PipelineParts
{
    /// <summary>Issues prompts and hears how they ended.</summary>
    public required PromptPlanner Planner { get; init; }

    /// <summary>Prompts to pictures.</summary>
    public required GenerateStep Generate { get; init; }

    /// <summary>Pictures to masks.</summary>
    public required AnnotateStep Annotate { get; init; }

    /// <summary>Objects to embeddings; passes them on as they are without an embedder.</summary>
    public required EmbedStep Embed { get; init; }

    /// <summary>The filter chain.</summary>
    public required FilterChain Filter { get; init; }

    /// <summary>Accepted items to files.</summary>
    public required EncodeStep Encode { get; init; }

    /// <summary>Files to durable samples.</summary>
    public required RecordStep Record { get; init; }

    /// <summary>Rejected tries to the ledger.</summary>
    public required RejectStep Reject { get; init; }

    /// <summary>The window of the slowest consumer group.</summary>
    public required DeliverStep Deliver { get; init; }
}
