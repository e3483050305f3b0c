using System.Diagnostics.Metrics;
using Engine.Items;

namespace Engine.Pipeline.Prompts;

/// <remarks>Law: tries issued = accepted + rejected + in flight, at every scrape after the last change.</remarks>
public sealed partial class PromptPlanner
{
    /// <summary>Stands for what a label's fixed set does not hold.</summary>
    internal const string OtherLabel = "other";

    internal static readonly Meter PromptsMeter = new("Headwater.Prompts");

    /// <summary>Categories with a label of their own; the rest share one lest a scrape grow with the plan.</summary>
    private const int CategoryLabelsMax = 2_000;

    private static readonly Counter<long> IssuedTotal = PromptsMeter.CreateCounter<long>(
        "headwater.prompts.issued", "{try}", "Tries issued to the line.");

    private static readonly Counter<long> AcceptedTotal = PromptsMeter.CreateCounter<long>(
        "headwater.prompts.accepted", "{try}", "Tries that ended with a sample, by category.");

    private static readonly Counter<long> RejectedTotal = PromptsMeter.CreateCounter<long>(
        "headwater.prompts.rejected", "{try}", "Tries that ended without a sample, by reason.");

    private static readonly Counter<long> UnknownTotal = PromptsMeter.CreateCounter<long>(
        "headwater.prompts.unknown", "{try}", "Reports of tries that were not in flight; above 0 is a fault.");

    private static readonly Counter<long> AddedTotal = PromptsMeter.CreateCounter<long>(
        "headwater.prompts.added", "{prompt}", "Prompts handed to the planner, by result.");

    private static readonly Counter<long> DemandUnknownTotal = PromptsMeter.CreateCounter<long>(
        "headwater.prompts.demand.unknown", "{category}",
        "Categories that consumers asked for and the plan does not have, once for each change of what they ask.");

    private static readonly UpDownCounter<long> InFlight = PromptsMeter.CreateUpDownCounter<long>(
        "headwater.prompts.in_flight", "{try}", "Tries issued and not ended.");

    private static readonly UpDownCounter<long> Categories = PromptsMeter.CreateUpDownCounter<long>(
        "headwater.prompts.categories", "{category}", "Categories, by state.");

    private static readonly HashSet<string> Reasons = [.. RejectReason.All];

    private static void CountIssued()
    {
        IssuedTotal.Add(1);
        InFlight.Add(1);
    }

    private static void CountAccepted(PlannedCategory category)
    {
        AcceptedTotal.Add(1, Tag("category", category.Ordinal < CategoryLabelsMax ? category.Name : OtherLabel));
        InFlight.Add(-1);
    }

    private static void CountRejected(string reason)
    {
        RejectedTotal.Add(1, Tag("reason", Reasons.Contains(reason) ? reason : OtherLabel));
        InFlight.Add(-1);
    }

    private static void CountDemandUnknown(int categories) => DemandUnknownTotal.Add(categories);

    private static void CountUnknown() => UnknownTotal.Add(1);

    private static void CountAdded(int added, int duplicates, int refused)
    {
        AddedTotal.Add(added, Tag("result", "new"));
        AddedTotal.Add(duplicates, Tag("result", "duplicate"));
        AddedTotal.Add(refused, Tag("result", "refused"));
    }

    private static void CountOpened() => Categories.Add(1, Tag("state", Label(CategoryState.Open)));

    private static void CountState(CategoryState from, CategoryState to)
    {
        Categories.Add(-1, Tag("state", Label(from)));
        Categories.Add(1, Tag("state", Label(to)));
    }

    private static string Label(CategoryState state) => state switch
    {
        CategoryState.Open => "open",
        CategoryState.Filled => "filled",
        _ => "exhausted",
    };

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
