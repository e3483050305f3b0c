using System.Net.Sockets;
using Host.Lifecycle;
using Host.Transport;
using Tests.Shared;

namespace Host.Tests.Transport;

/// <summary>Goal: the same conversation over real sockets, TCP and Unix, and listeners that neither steal nor leak.
/// </summary>
public sealed class WireListenerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Samples_arrive_over_TCP()
    {
        await using WireHost host = await WireHost.StartAsync();
        await AssertArrivesAsync(host);
    }

    [Fact]
    public async Task Samples_arrive_over_a_Unix_socket_that_only_its_owner_may_use_and_that_goes_with_the_server()
    {
        using TempFolder folder = new();
        string path = folder.File("wire.sock");
        await using (WireHost host = await WireHost.StartAsync("unix:" + path))
        {
            await AssertArrivesAsync(host);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Socket_left_by_a_killed_daemon_gives_way_and_a_living_one_does_not()
    {
        using TempFolder folder = new();
        string path = folder.File("wire.sock");
        using Socket left = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        left.Bind(new UnixDomainSocketEndPoint(path)); // bound and not listening, as a killed process leaves it

        await using WireHost host = await WireHost.StartAsync("unix:" + path);
        AddressTakenException taken =
            await Assert.ThrowsAsync<AddressTakenException>(() => WireHost.StartAsync("unix:" + path));

        Assert.Contains("in use by another process", taken.Message);
        await AssertArrivesAsync(host);
    }

    [Fact]
    public async Task File_that_is_no_socket_is_left_alone()
    {
        using TempFolder folder = new();
        string path = folder.File("precious.txt");
        await File.WriteAllTextAsync(path, "keep me", Token);

        AddressTakenException refused =
            await Assert.ThrowsAsync<AddressTakenException>(() => WireHost.StartAsync("unix:" + path));

        Assert.Contains("is no socket; it is left alone", refused.Message);
        Assert.Equal("keep me", await File.ReadAllTextAsync(path, Token));
    }

    [Fact]
    public async Task Port_that_is_taken_is_named()
    {
        await using WireHost first = await WireHost.StartAsync();

        AddressTakenException taken = await Assert.ThrowsAsync<AddressTakenException>(
            () => WireHost.StartAsync(first.Address.ToString()));

        Assert.Contains(first.Address.ToString(), taken.Message);
    }

    [Fact]
    public async Task Drained_client_is_told_and_the_listener_stops()
    {
        await using WireHost host = await WireHost.StartAsync();
        host.Log.Add(3);
        WireClient client = new(
            host.ClientOptions() with { RetryFor = TimeSpan.Zero }, TimeProvider.System);
        await using (client)
        {
            await using IAsyncEnumerator<SampleFrame> samples = client.ReadAllAsync(Token).GetAsyncEnumerator(Token);
            for (int i = 0; i < 3; i++)
            {
                await samples.MoveNextAsync();
            }

            ValueTask<bool> next = samples.MoveNextAsync();
            await host.Listener.DrainAsync(Token);

            await Assert.ThrowsAnyAsync<IOException>(async () => await next);
        }
    }

    private static async Task AssertArrivesAsync(WireHost host)
    {
        host.Log.Add(5);
        await using WireClient client = new(host.ClientOptions(), TimeProvider.System);
        List<long> got = [];
        await foreach (SampleFrame sample in client.ReadAllAsync(Token))
        {
            got.Add(sample.Sequence);
            Assert.Equal(host.Log.Make(sample.Sequence).Image, sample.Image.ToArray());
            await client.AckAsync(sample.Sequence, Token);
            if (got.Count == 5)
            {
                break;
            }
        }

        Assert.Equal([1, 2, 3, 4, 5], got);
    }
}
