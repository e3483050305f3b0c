using Engine.Flow;
using Engine.Items;
using Engine.Pipeline.Filter;
using Host.Composition;
using Host.Configuration;

namespace Host.Explain;

/// <summary>Has the filters of a configuration say how they judge one object.</summary>
/// <param name="config">The configuration.</param>
/// <param name="writer">Where to.</param>
internal sealed class Explainer(HeadwaterConfig config, TextWriter writer)
{
    /// <summary>Embeds the object, asks the filters, and prints what they say.</summary>
    /// <param name="item">The object.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task RunAsync(Annotated item, CancellationToken stopping)
    {
        using Runtimes runtimes = await Runtimes.LoadJudgesAsync(config, writer.WriteLine, stopping)
            .ConfigureAwait(false);
        Outcome<Embedded> embedded = (await runtimes.Embed.RunAsync([item], stopping).ConfigureAwait(false))[0];
        if (embedded.Value is not { } asked)
        {
            await writer.WriteLineAsync($"verdict: rejected by embed ({embedded.DropReason}) {embedded.Detail}")
                .ConfigureAwait(false);
            return;
        }

        FilterChain chain = new(runtimes.Filters, config.Embedder?.Name);
        IReadOnlyList<FilterExplanation> said = await chain.ExplainAsync(asked, stopping).ConfigureAwait(false);
        foreach (FilterExplanation one in said)
        {
            Print(one);
        }

        string[] unasked = [.. runtimes.Filters.Skip(said.Count).Select(filter => filter.Name)];
        if (unasked.Length > 0)
        {
            await writer.WriteLineAsync($"not asked after that: {string.Join(", ", unasked)}").ConfigureAwait(false);
        }

        bool isKept = said.All(one => one.Outcome.DropReason is null);
        await writer.WriteLineAsync(
            isKept ? "verdict: kept" : $"verdict: rejected by {said[^1].Filter} ({said[^1].Outcome.DropReason})")
            .ConfigureAwait(false);
    }

    private void Print(FilterExplanation one)
    {
        writer.WriteLine($"filter {one.Filter}: {(one.Outcome.DropReason is null ? "passes" : "says no")}");
        foreach ((string name, double score, double? bound) in one.Added)
        {
            writer.WriteLine($"  {name} {score:G6}{(bound is { } compared ? $", compared with {compared:G6}" : "")}");
        }

        foreach (string line in one.Lines.Append(one.Outcome.Detail).OfType<string>())
        {
            writer.WriteLine($"  {line}");
        }
    }
}
