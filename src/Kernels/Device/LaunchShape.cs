namespace Kernels.Device;

/// <summary>How many groups run and how many work-items each has, in three axes.</summary>
/// <param name="Groups">Groups along x, y and z, each 1 or more.</param>
/// <param name="GroupSize">Work-items of a group along x, y and z, each 1 or more, at most 1024 together.</param>
public readonly record struct LaunchShape((int X, int Y, int Z) Groups, (int X, int Y, int Z) GroupSize)
{
    /// <summary>Groups along one axis.</summary>
    /// <param name="groups">Groups.</param>
    /// <param name="groupSize">Work-items of each.</param>
    public static LaunchShape Line(int groups, int groupSize) => new((groups, 1, 1), (groupSize, 1, 1));

    /// <summary>As many groups as cover <paramref name="items"/> work-items.</summary>
    /// <param name="items">Work-items wanted.</param>
    /// <param name="groupSize">Work-items of a group.</param>
    public static LaunchShape Cover(long items, int groupSize) =>
        Line(checked((int)((items + groupSize - 1) / groupSize)), groupSize);
}
