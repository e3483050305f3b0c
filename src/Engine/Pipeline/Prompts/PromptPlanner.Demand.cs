using Engine.Items;

namespace Engine.Pipeline.Prompts;

/// <summary>What consumers ask for, as factors on the plan's weights.</summary>
/// <remarks>A factor is the category's demand over the mean of all that are named, within 1 / F and F, F being
/// <see cref="PlanOptions.DemandMaxFactor"/>; 1 for a category that is not named. It counts from the category's next
/// try on. So whatever is asked, and however often it changes, the law between two tries of c holds with
/// floor(F^2 * w_j / w_c) + 1: no demand starves a category.</remarks>
public sealed partial class PromptPlanner
{
    private readonly Func<Demand> _demand;
    private Demand _heeded = Demand.None; // Guarded by _gate.

    private void Heed()
    {
        Demand now = _demand();
        if (ReferenceEquals(now, _heeded))
        {
            return;
        }

        _heeded = now;
        Dictionary<PlannedCategory, double> asked = [];
        int unknown = 0;
        foreach ((string name, double weight) in now.Weights)
        {
            if (_byName.TryGetValue(PromptText.Normal(name), out PlannedCategory? category))
            {
                asked[category] = asked.GetValueOrDefault(category) + weight;
            }
            else
            {
                unknown++;
            }
        }

        CountDemandUnknown(unknown);
        double mean = asked.Count == 0 ? 0 : asked.Values.Average();
        foreach (PlannedCategory category in _categories)
        {
            category.Heed(mean > 0 && asked.TryGetValue(category, out double weight)
                ? Math.Clamp(weight / mean, 1 / _plan.DemandMaxFactor, _plan.DemandMaxFactor)
                : 1);
        }
    }
}
