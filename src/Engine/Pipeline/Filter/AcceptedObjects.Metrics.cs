using System.Diagnostics.Metrics;
using Engine.Flow;

namespace Engine.Pipeline.Filter;

/// <content>What is held and forgotten, by filter.</content>
public sealed partial class AcceptedObjects
{
    private static readonly Meter Meter = new("Headwater.Filter");
    private static readonly Counter<long> ForgottenTotal = Meter.CreateCounter<long>(
        "headwater.filter.forgotten", "{item}", "Accepted samples forgotten for newer ones.");

    private static readonly Living<AcceptedObjects> Living = new();

    static AcceptedObjects()
    {
        Observe("headwater.filter.rows", "Accepted samples remembered.", objects => objects.Rows);
        Observe("headwater.filter.reserved", "Tries that passed and have not ended.", objects => objects.Reserved);
    }

    private static void Observe(string name, string description, Func<AcceptedObjects, long> value) =>
        Meter.CreateObservableGauge(
            name,
            () => Living.Now().Select(objects => new Measurement<long>(
                value(objects), new KeyValuePair<string, object?>("filter", objects.Name))),
            "{item}", description);
}
