using Engine.Items;
using Engine.Pipeline.Prompts;

namespace Host.Tests.Transport;

/// <summary>Goal: what a trainer asks for over the socket changes what is made.</summary>
public sealed class WireDemandTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Accepted_share_follows_what_the_consumer_asks_for_and_comes_back_when_it_takes_it_back()
    {
        await using WireRig rig = new();
        PlanOptions plan = new()
        {
            Quota = 100_000,
            Categories = [new CategoryOptions { Name = "yak" }, new CategoryOptions { Name = "bath towel" }],
        };
        PromptPlanner planner = new(
            plan, [new PromptRequest("yak", "a yak"), new PromptRequest("bath towel", "a towel")],
            PlannerState.Empty, runSeed: 1, () => rig.Hub.Demand);
        WirePeer peer = await rig.JoinAsync();

        double before = await AcceptedShareAsync(planner);
        await peer.DemandAsync(new Dictionary<string, double> { ["yak"] = 9, ["bath towel"] = 1, ["unicorn"] = 5 });
        await WireRig.UntilAsync(() => rig.Hub.Demand.Weights.Count == 3);
        double asked = await AcceptedShareAsync(planner);
        await peer.DemandAsync(new Dictionary<string, double>());
        await WireRig.UntilAsync(() => ReferenceEquals(rig.Hub.Demand, Demand.None));
        double after = await AcceptedShareAsync(planner);

        // Half of all tries pass: 9 and 1 are 1.8 and, at the bound, 0.25 of their mean.
        Assert.InRange(before, 0.45, 0.55);
        Assert.InRange(asked, 0.8, 0.95);
        Assert.InRange(after, 0.45, 0.55);
    }

    private static async Task<double> AcceptedShareAsync(PromptPlanner planner)
    {
        (int yaks, int accepted) = (0, 0);
        while (accepted < 300)
        {
            Prompt next = (await planner.NextAsync(Token))!;
            if (next.Attempt % 2 == 0)
            {
                planner.Rejected(Reject(next));
                continue;
            }

            planner.Accepted(next.Id, next.Attempt);
            accepted++;
            yaks += next.Category == "yak" ? 1 : 0;
        }

        return yaks / (double)accepted;
    }

    private static Rejection Reject(Prompt prompt) =>
        new(prompt.Id, prompt.Attempt, prompt.Category, "filter", RejectReason.All[0], Detail: null);
}
