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
