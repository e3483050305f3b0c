using Engine.Pipeline.Prompts;
using Engine.Store;
using Host.Http;

namespace Host.Composition;

/// <summary>Prompts that come by HTTP: read, planned and made durable before they are answered for.</summary>
internal sealed class PromptIntake(
    PromptPlanner planner, SampleStore store, PromptReadLimits limits, CancellationToken draining) : IPromptIntake
{
    private const int LinesShown = 100;

    /// <inheritdoc/>
    public bool IsDraining => draining.IsCancellationRequested;

    /// <inheritdoc/>
    public async Task<IntakeResult> AddAsync(Stream body, CancellationToken stopping)
    {
        List<(long Line, PromptRequest Request)> good = [];
        List<IntakeLine> bad = [];
        int rejected = 0;
        void Refuse(long line, string reason)
        {
            if (++rejected <= LinesShown)
            {
                bad.Add(new IntakeLine(line, reason));
            }
        }

        // The whole body first: one that is over the bound leaves nothing behind.
        await foreach (PromptLine line in PromptFileReader.ReadJsonLinesAsync(body, "body", limits, stopping)
            .ConfigureAwait(false))
        {
            if (line.Request is { } request)
            {
                good.Add((line.Number, request));
            }
            else
            {
                Refuse(line.Number, line.Problem ?? "cannot be read");
            }
        }

        AddResult added = planner.Add([.. good.Select(entry => entry.Request)]);
        await store.AddPromptsAsync(
            [.. added.Added.Select(prompt => new PromptRow(prompt.Id, prompt.Category, prompt.Text, prompt.Seed))],
            CancellationToken.None).ConfigureAwait(false);
        foreach (RefusedPrompt refused in added.Refused)
        {
            Refuse(good[refused.Index].Line, refused.Reason);
        }

        rejected += added.RefusedCount - added.Refused.Count;
        return new IntakeResult(added.AddedCount, added.Duplicates, rejected, [.. bad.OrderBy(line => line.Line)]);
    }
}
