namespace Engine.Flow;

/// <summary>The lines that live now, for the gauges: an instrument is one a process, a line is not.</summary>
internal static class Lines
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<Line> Alive = []; // Guarded by Gate.

    public static void Add(Line line)
    {
        lock (Gate)
        {
            Alive.Add(line);
        }
    }

    public static void Remove(Line line)
    {
        lock (Gate)
        {
            Alive.Remove(line);
        }
    }

    public static IEnumerable<StageSnapshot> Stages()
    {
        Line[] lines;
        lock (Gate)
        {
            lines = [.. Alive];
        }

        return lines.SelectMany(line => line.Snapshot());
    }
}
