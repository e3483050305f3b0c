using Engine.Pipeline.Deliver;

namespace Engine.Tests.Pipeline.Deliver;

/// <summary>Goal: wrong options are named with value and bound, all at once.</summary>
public sealed class DeliverOptionsTests
{
    [Fact]
    public void Defaults_are_valid() => Assert.Empty(new DeliverOptions().Problems());

    [Fact]
    public void Every_wrong_value_is_named_at_once()
    {
        DeliverOptions options = new()
        {
            BacklogMaxItems = 0,
            GroupsMax = 1025,
            WorldMax = 0,
            OnStopped = (StoppedGroupPolicy)7,
            IdleTimeout = TimeSpan.Zero,
            OnDeadRank = (DeadRankPolicy)7,
            RankLease = TimeSpan.Zero,
            CursorAcksMax = 0,
            CursorInterval = TimeSpan.FromDays(1),
        };

        string[] named = [.. options.Problems().Select(problem => problem.Property)];

        Assert.Equal(
            [
                "BacklogMaxItems", "GroupsMax", "WorldMax", "OnStopped", "IdleTimeout", "OnDeadRank", "RankLease",
                "CursorAcksMax", "CursorInterval",
            ],
            named);
        Assert.Contains(options.Problems(), problem => problem.Message == "is 0; it must be 1 to 1000000000 items");
    }

    [Fact]
    public async Task Hub_refuses_wrong_options_with_the_message_of_each()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => new DeliveryHub(new MemorySampleLog(), new() { GroupsMax = 0 }, TimeProvider.System));

        Assert.Contains("GroupsMax is 0; it must be 1 to 1024 groups.", refused.Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }
}
