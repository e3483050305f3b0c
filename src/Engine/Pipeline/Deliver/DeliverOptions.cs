using Engine.Options;

namespace Engine.Pipeline.Deliver;

/// <summary>How far the line may run ahead of those who consume its samples. Immutable.</summary>
public sealed record DeliverOptions : ICheckedOptions
{
    /// <summary>Longest name of a group in characters.</summary>
    public const int GroupCharactersMax = 64;

    /// <summary>
    /// A new sample waits in the deliver stage while it is so many sequences or more above the lowest acknowledged
    /// cursor of a registered group. 1 to 1,000,000,000. Default 1,024.
    /// </summary>
    public long BacklogMaxItems { get; init; } = 1024;

    /// <summary>Consumer groups registered at most. 1 to 1,024. Default 16.</summary>
    public int GroupsMax { get; init; } = 16;

    /// <summary>Ranks in one group at most. 1 to 65,536. Default 1,024.</summary>
    public int WorldMax { get; init; } = 1024;

    /// <summary>Whether the line waits for a group with nobody connected. Block or Detach. Default Block.</summary>
    public StoppedGroupPolicy OnStopped { get; init; } = StoppedGroupPolicy.Block;

    /// <summary>With Detach: how long the line still waits for such a group. 1 s to 30 days. Default 10 min.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>What becomes of a dead rank's samples: one that has not been connected for <see cref="RankLease"/>
    /// while others of its group were. Block or Reassign. Default Block.</summary>
    public DeadRankPolicy OnDeadRank { get; init; } = DeadRankPolicy.Block;

    /// <summary>How long a rank may be away before it counts as dead, and what it asked for is forgotten. 1 s to
    /// 1 day. Default 1 min.</summary>
    public TimeSpan RankLease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Cursors are saved after so many acknowledgements. 1 to 65,536. Default 256.</summary>
    public int CursorAcksMax { get; init; } = 256;

    /// <summary>Cursors are saved this long after the first change at the latest. 10 ms to 1 h. Default 1 s.</summary>
    public TimeSpan CursorInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (BacklogMaxItems is < 1 or > 1_000_000_000)
        {
            yield return new(nameof(BacklogMaxItems), $"is {BacklogMaxItems}; it must be 1 to 1000000000 items");
        }

        if (GroupsMax is < 1 or > 1024)
        {
            yield return new(nameof(GroupsMax), $"is {GroupsMax}; it must be 1 to 1024 groups");
        }

        if (WorldMax is < 1 or > 65_536)
        {
            yield return new(nameof(WorldMax), $"is {WorldMax}; it must be 1 to 65536 ranks");
        }

        if (!Enum.IsDefined(OnStopped))
        {
            yield return new(nameof(OnStopped), $"is {OnStopped}; it must be block or detach");
        }

        if (IdleTimeout < TimeSpan.FromSeconds(1) || IdleTimeout > TimeSpan.FromDays(30))
        {
            yield return new(nameof(IdleTimeout), $"is {IdleTimeout}; it must be 1 s to 30 days");
        }

        if (!Enum.IsDefined(OnDeadRank))
        {
            yield return new(nameof(OnDeadRank), $"is {OnDeadRank}; it must be block or reassign");
        }

        if (RankLease < TimeSpan.FromSeconds(1) || RankLease > TimeSpan.FromDays(1))
        {
            yield return new(nameof(RankLease), $"is {RankLease}; it must be 1 s to 1 day");
        }

        if (CursorAcksMax is < 1 or > 65_536)
        {
            yield return new(nameof(CursorAcksMax), $"is {CursorAcksMax}; it must be 1 to 65536 acknowledgements");
        }

        if (CursorInterval < TimeSpan.FromMilliseconds(10) || CursorInterval > TimeSpan.FromHours(1))
        {
            yield return new(nameof(CursorInterval), $"is {CursorInterval}; it must be 10 ms to 1 h");
        }
    }
}
