namespace Engine.Pipeline.Deliver;

/// <summary>The hubs that live now, for the gauges: an instrument is one a process, a hub is not.</summary>
internal static class Hubs
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<DeliveryHub> Alive = []; // Guarded by Gate.

    public static void Add(DeliveryHub hub)
    {
        lock (Gate)
        {
            Alive.Add(hub);
        }
    }

    public static void Remove(DeliveryHub hub)
    {
        lock (Gate)
        {
            Alive.Remove(hub);
        }
    }

    public static IEnumerable<GroupSnapshot> Groups()
    {
        DeliveryHub[] hubs;
        lock (Gate)
        {
            hubs = [.. Alive];
        }

        return hubs.SelectMany(hub => hub.Snapshot().Groups);
    }
}
