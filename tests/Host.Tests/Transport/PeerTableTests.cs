using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Host.Transport;
using Tests.Shared;

namespace Host.Tests.Transport;

/// <summary>Goal: nobody has or opens more connections than allowed, and nobody else pays for it. Method: against a
/// plain list of what happened.</summary>
public sealed class PeerTableTests
{
    private static readonly TransportOptions Options = new() { PeerConnectionsMax = 3, PeerOpensPerMinuteMax = 6 };

    [Fact]
    public void An_address_is_let_in_within_its_bounds_and_whatever_others_do() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(
            Gen.Choose(0, 999).ArrayOf().ToArbitrary(), steps =>
            {
                ManualClock clock = new();
                PeerTable table = new(Options, clock);
                Dictionary<int, (int Open, int Opened, TimeSpan Since)> model = [];
                TimeSpan now = TimeSpan.Zero;
                foreach (int step in steps)
                {
                    int peer = step % 4;
                    IPAddress address = new([10, 0, 0, (byte)peer]);
                    (int open, int opened, TimeSpan since) = model.GetValueOrDefault(peer, (0, 0, now));
                    if (step / 100 < 6)
                    {
                        (opened, since) = now - since >= TimeSpan.FromMinutes(1) ? (0, now) : (opened, since);
                        Assert.Equal(open < 3 && opened < 6, table.Enter(address) is null);
                        model[peer] = (open + 1, opened + 1, since);
                    }
                    else if (step / 100 < 8 && open > 0)
                    {
                        table.Leave(address);
                        model[peer] = (open - 1, opened, since);
                    }
                    else
                    {
                        TimeSpan passed = TimeSpan.FromSeconds(step % 40);
                        clock.Advance(passed);
                        now += passed;
                    }
                }

                return true;
            }));

    [Fact]
    public void Strangers_beyond_the_bound_wait_until_others_are_forgotten()
    {
        ManualClock clock = new();
        PeerTable table = new(Options, clock);
        for (int i = 0; i < PeerTable.PeersMax; i++)
        {
            IPAddress peer = new([1, (byte)(i >> 16), (byte)(i >> 8), (byte)i]);
            Assert.Null(table.Enter(peer));
            table.Leave(peer);
        }

        IPAddress stranger = new([9, 9, 9, 9]);
        Assert.Contains("65536 addresses", table.Enter(stranger), StringComparison.Ordinal);
        table.Leave(stranger);
        Assert.Equal(PeerTable.PeersMax, table.Count);

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(table.Enter(stranger));
        Assert.Equal(1, table.Count);
    }

    [Fact]
    public async Task The_clients_frames_are_counted_by_the_second()
    {
        await using WireRig rig = new(new() { ClientFramesPerSecondMax = 20 });
        WirePeer peer = await rig.JoinAsync();
        for (int i = 0; i < 20; i++)
        {
            await peer.CreditAsync(1, 1);
        }

        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        for (int i = 0; i < 20; i++)
        {
            await peer.CreditAsync(1, 1);
        }

        await peer.CreditAsync(1, 1);

        Assert.Equal(GoAwayCode.TooFast, (await peer.GoAwayAsync()).Code);
    }
}
