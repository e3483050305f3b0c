using Engine.Items;

namespace Engine.Pipeline.Deliver;

/// <summary>What the consumers ask for, merged.</summary>
public sealed partial class DeliveryHub
{
    private volatile bool _isDemandStale; // Set under _gate.
    private Demand _demand = Demand.None; // Written under _gate.

    /// <summary>What the consumers ask for now: the same instance until it changes.</summary>
    /// <remarks>Each rank's weights are divided by their mean; a category that a rank does not name counts as 1 there.
    /// Of each category the mean over a group's ranks that asked, and of that the mean over the groups.</remarks>
    public Demand Demand
    {
        get
        {
            if (_isDemandStale)
            {
                lock (_gate)
                {
                    _isDemandStale = false;
                    _demand = Merged();
                }
            }

            return Volatile.Read(ref _demand);
        }
    }

    internal void Ask(RankLink link, IReadOnlyDictionary<string, double> weights)
    {
        lock (_gate)
        {
            // Nothing, and nothing but zeros, prefers nothing: it takes back what was asked before.
            double mean = weights.Count == 0 ? 0 : weights.Values.Average();
            _isDemandStale |= link.Group.Ask(
                link, mean > 0 ? weights.ToDictionary(at => at.Key, at => at.Value / mean) : null);
        }
    }

    private static Dictionary<string, double> Mean(IReadOnlyList<IReadOnlyDictionary<string, double>> asked) =>
        asked.SelectMany(weights => weights.Keys).Distinct().ToDictionary(
            name => name, name => asked.Average(weights => weights.GetValueOrDefault(name, 1)));

    private Demand Merged()
    {
        Dictionary<string, double>[] groups =
        [
            .. _groups.Values.Select(group => group.Asked).Where(asked => asked.Count > 0).Select(Mean),
        ];
        return groups.Length == 0 ? Demand.None : new Demand(Mean(groups));
    }
}
