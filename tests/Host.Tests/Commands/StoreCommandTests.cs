using System.Text;
using Engine.Items;
using Engine.Store;
using Host.Tests.EndToEnd;
using Tests.Shared;

namespace Host.Tests.Commands;

/// <summary>Goal: what a person asks of a data directory is answered in lines and an exit code, never a stack.
/// </summary>
public sealed class StoreCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sound_store_is_counted_and_verified_and_a_flipped_byte_is_named_with_exit_74()
    {
        string data = await FillAsync();

        Command stat = await DaemonProcess.RunAsync("store", "stat", "--store", data);
        Command sound = await DaemonProcess.RunAsync("store", "verify", "--store", data);
        string shard = Path.Combine(data, "shard-000000.tar");
        byte[] bytes = await File.ReadAllBytesAsync(shard, TestContext.Current.CancellationToken);
        bytes[600] ^= 1;
        await File.WriteAllBytesAsync(shard, bytes, TestContext.Current.CancellationToken);
        Command damaged = await DaemonProcess.RunAsync("store", "verify", "--store", data);

        Assert.Contains("accepted 1: apple", stat.Output, StringComparison.Ordinal);
        Assert.Equal((0, "1 samples read, 0 findings"), (sound.ExitCode, sound.Output.Trim()));
        Assert.Equal(74, damaged.ExitCode);
        Assert.Contains("shard-000000.tar is damaged at byte 0: sample 1", damaged.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Repair_says_what_it_would_do_with_exit_74_and_does_it_when_asked()
    {
        string data = await FillAsync();
        string shard = Path.Combine(data, "shard-000000.tar");
        byte[] bytes = await File.ReadAllBytesAsync(shard, TestContext.Current.CancellationToken);
        bytes[600] ^= 1;
        await File.WriteAllBytesAsync(shard, bytes, TestContext.Current.CancellationToken);

        Command said = await DaemonProcess.RunAsync("store", "repair", "--store", data);
        bool wasThere = File.Exists(shard);
        Command done = await DaemonProcess.RunAsync("store", "repair", "--store", data, "--apply");
        Command sound = await DaemonProcess.RunAsync("store", "verify", "--store", data);

        Assert.Equal((74, true), (said.ExitCode, wasThere));
        Assert.Contains("0 samples kept, 1 lost", said.Output, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", said.Output, StringComparison.Ordinal);
        Assert.Equal((0, 0), (done.ExitCode, sound.ExitCode));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(
            Path.Combine(data, "damaged", "shard-000000.tar"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Exports_are_made_and_a_share_out_of_range_is_refused()
    {
        string data = await FillAsync();

        Command shards = await DaemonProcess.RunAsync(
            "export", "webdataset", "--store", data, "--output", _folder.File("wds"), "--shuffle-seed", "1");
        Command wrong = await DaemonProcess.RunAsync(
            "export", "yolo", "--store", data, "--output", _folder.File("yolo"), "--val-percent", "101");

        Assert.Equal(0, shards.ExitCode);
        Assert.Contains("1 samples added; 1 train shards and 0 val shards", shards.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("wds/train-000000.tar")));
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.Contains("--val-percent is 101; it must be 0 to 100", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store", "stat")]
    [InlineData("store", "verify")]
    [InlineData("export", "coco")]
    public async Task Folder_without_a_store_is_one_line(string command, string verb)
    {
        string[] more = command == "export" ? ["--output", _folder.File("out")] : [];

        Command none = await DaemonProcess.RunAsync([command, verb, "--store", _folder.Path, .. more]);

        Assert.Equal(74, none.ExitCode);
        Assert.Equal(
            $"headwater {command} {verb}: {_folder.File("ledger.db")} does not exist; the directory holds no store.",
            none.Error.Trim());
    }

    private async Task<string> FillAsync()
    {
        string data = _folder.File("data");
        await using SampleStore store = SampleStore.Open(
            new StoreOptions { Directory = data, FreeBytesMin = 0 }, TimeProvider.System);
        await store.AppendAsync(
        [
            new Sample
            {
                Key = "00112233445566aa-000000", Category = "apple", PromptId = "00112233445566aa", Attempt = 0,
                Image = new byte[900], ImageExtension = "png", MaskPng = new byte[90],
                Json = Encoding.UTF8.GetBytes("{}"),
            },
        ]);
        return data;
    }
}
