using System.Text.Json;
using Engine.Items;
using Engine.Store;
using Tests.Shared;

namespace Engine.Tests.Store;

/// <summary>Goal: others read a data directory without us. Method: Python's tarfile, json, Pillow, sqlite3.</summary>
public sealed class ForeignReaderTests
{
    private const string Python = "/usr/bin/python3";

    private const string ReadShards = """
        import glob, io, json, os, sys, tarfile
        from PIL import Image
        for path in sorted(glob.glob(os.path.join(sys.argv[1], "shard-*.tar"))):
            with tarfile.open(path, "r:") as tar:
                for member in tar:
                    body = tar.extractfile(member).read()
                    said = {"shard": os.path.basename(path), "name": member.name, "bytes": body.hex(),
                            "at": member.offset, "mode": member.mode, "time": member.mtime,
                            "type": member.type.decode(),
                            "owner": [member.uid, member.gid, member.uname, member.gname]}
                    if member.name.endswith(".json"):
                        said["json"] = json.loads(body)["key"]
                    else:
                        said["size"] = Image.open(io.BytesIO(body)).size
                    print(json.dumps(said))
        """;

    private const string ReadLedger = """
        import json, sqlite3, sys
        ledger = sqlite3.connect("file:" + sys.argv[1] + "/ledger.db?mode=ro", uri=True)
        for row in ledger.execute("SELECT sequence, key, shard, offset, length FROM sample ORDER BY sequence"):
            print(json.dumps(row))
        print(json.dumps(ledger.execute("PRAGMA integrity_check").fetchone()))
        """;

    private const string ReadTornStream = """
        import sys, tarfile
        names = []
        try:
            with tarfile.open(sys.argv[1], "r|") as tar:
                for member in tar:
                    tar.extractfile(member).read()
                    names.append(member.name)
        except tarfile.ReadError:
            pass
        print(len(names))
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Python_reads_every_member_of_every_shard_while_the_store_is_open_and_after(bool closed)
    {
        using StoreFolder folder = new();
        SampleStore store = folder.Open();
        Sample[] samples = [.. Enumerable.Range(0, 12).Select(Padded)];
        await store.AppendAsync(samples[..5]);
        await store.AppendAsync(samples[5..]);
        if (closed)
        {
            await store.DisposeAsync();
        }

        JsonElement[] members = await AskAsync(ReadShards, folder.Path);

        Assert.True(members.Select(member => member.GetProperty("shard").GetString()).Distinct().Count() > 1);
        Assert.Equal(
            samples.SelectMany(one => new[] { $"{one.Key}.png", $"{one.Key}.mask.png", $"{one.Key}.json" }),
            members.Select(member => member.GetProperty("name").GetString()));
        Assert.Equal(
            samples.SelectMany(one => new[] { one.Image, one.MaskPng, one.Json })
                .Select(file => Convert.ToHexStringLower(file.Span)),
            members.Select(member => member.GetProperty("bytes").GetString()));
        Assert.All(members, member => Assert.Equal(
            (0x1A4, 0, "0", """[0, 0, "", ""]"""),
            (member.GetProperty("mode").GetInt32(), member.GetProperty("time").GetInt32(),
                member.GetProperty("type").GetString(), member.GetProperty("owner").GetRawText())));
        await store.DisposeAsync();
    }

    [Fact]
    public async Task Python_finds_each_sample_where_the_ledger_says_while_the_store_is_open()
    {
        using StoreFolder folder = new();
        await using SampleStore store = folder.Open();
        await store.AppendAsync([.. Enumerable.Range(0, 12).Select(Padded)]);

        JsonElement[] rows = await AskAsync(ReadLedger, folder.Path);
        JsonElement[] members = await AskAsync(ReadShards, folder.Path);

        Assert.Equal("""["ok"]""", rows[^1].GetRawText());
        Assert.Equal(12, rows.Length - 1);
        Assert.All(rows[..^1], row =>
        {
            JsonElement first = members.First(member =>
                member.GetProperty("name").GetString()!.StartsWith(row[1].GetString()!, StringComparison.Ordinal));
            Assert.Equal(ShardName.Of(row[2].GetInt32()), first.GetProperty("shard").GetString());
            Assert.Equal(row[3].GetInt64(), first.GetProperty("at").GetInt64());
        });
    }

    [Fact]
    public async Task A_stream_reader_of_the_open_shard_gets_every_whole_member_before_a_torn_tail()
    {
        using StoreFolder folder = new();
        await using (SampleStore store = folder.Open())
        {
            await store.AppendAsync(Samples.Range(0, 3));
        }

        byte[] whole = await File.ReadAllBytesAsync(folder.Shard(0));
        await File.WriteAllBytesAsync(folder.Shard(0), [.. whole, .. whole.AsSpan(0, 700)]);

        JsonElement[] count = await AskAsync(ReadTornStream, folder.Shard(0));

        Assert.Equal(9, count[0].GetInt32());
    }

    // A picture that decodes, with bytes after its end so that the samples fill more than one shard.
    private static Sample Padded(int number)
    {
        Sample sample = Samples.Decodable(number);
        return sample with { ImageExtension = "png", Image = (byte[])[.. sample.Image.Span, .. new byte[150_000]] };
    }

    private static async Task<JsonElement[]> AskAsync(string script, string argument)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not there: install python3");
        Command probe = await Command.RunAsync(Python, ["-c", "import PIL, sqlite3"]);
        Assert.SkipUnless(probe.ExitCode == 0, "Pillow is not there: install python3-pil");
        Command answer = await Command.RunAsync(Python, ["-c", script, argument]);
        Assert.True(answer.ExitCode == 0, answer.Error);
        return
        [
            .. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<JsonElement>(line)),
        ];
    }
}
