using Engine.Flow;
using Engine.Items;

namespace Engine.Pipeline;

/// <summary>Where the stream meets the planner: what is issued, and how each try ends.</summary>
internal sealed class Ends(PipelineParts parts)
{
    public static Prompt PromptOf(Embedded item) => item.Annotated.Picture.Prompt;

    /// <summary>Ends a try without a sample: filters forget it at once, the ledger and the planner hear in turn.
    /// </summary>
    public Rejection Reject(Prompt prompt, string stage, string reason, string? detail)
    {
        parts.Filter.Rejected(prompt.Key);
        return new(prompt.Id, prompt.Attempt, prompt.Category, stage, reason, detail);
    }

    /// <summary>The same for a try that has come as far as a sample.</summary>
    public Rejection Reject(Sample sample, string stage, string reason, string? detail)
    {
        parts.Filter.Rejected(sample.Key);
        return new(sample.PromptId, sample.Attempt, sample.Category, stage, reason, detail);
    }

    /// <summary>The next prompt; none once the drain has begun, even where the planner waits for one.</summary>
    public async ValueTask<Prompt?> NextAsync(CancellationToken draining, CancellationToken stopping)
    {
        if (draining.IsCancellationRequested)
        {
            return null;
        }

        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(draining, stopping);
        try
        {
            return await parts.Planner.NextAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Makes samples durable and tells the planner of them: from here on they count.</summary>
    public async ValueTask<IReadOnlyList<Outcome<StoredSample>>> StoreAsync(
        IReadOnlyList<Sample> samples, CancellationToken stopping)
    {
        IReadOnlyList<Outcome<StoredSample>> outcomes =
            await parts.Record.RunAsync(samples, stopping).ConfigureAwait(false);
        for (int i = 0; i < samples.Count; i++)
        {
            if (outcomes[i].DropReason is null)
            {
                parts.Filter.Accepted(samples[i].Key);
                parts.Planner.Accepted(samples[i].PromptId, samples[i].Attempt);
            }
        }

        return outcomes;
    }

    /// <summary>Holds a stored sample within the window. It is stored: a drain waits for no consumer.</summary>
    public async ValueTask<Outcome<StoredSample>> DeliverAsync(
        StoredSample stored, CancellationToken draining, CancellationToken stopping)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(draining, stopping);
        try
        {
            return await parts.Deliver.RunAsync(stored, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (draining.IsCancellationRequested)
        {
            return Outcome.Keep(stored);
        }
    }

    /// <summary>Tells the planner of a try that the ledger holds as rejected.</summary>
    public ValueTask TellPlanner(Rejection rejection)
    {
        parts.Planner.Rejected(rejection);
        return ValueTask.CompletedTask;
    }
}
