using System.Security.Cryptography;
using System.Text.Json;
using Tests.Shared;

namespace Tidy.Tests;

/// <summary>
/// Goal: the first run fetches each package once, checked; an interrupted one goes on; a changed one is refused.
/// Method: deps/restore.mjs in an empty folder, with two packages of ours and an npm that only copies and keeps a log.
/// </summary>
public sealed class RestoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _deps;
    private readonly string _log;

    public RestoreTests()
    {
        _deps = Directory.CreateDirectory(_folder.File("deps")).FullName;
        _log = _folder.File("npm.log");
        File.Copy(Repository.Path("deps", "restore.mjs"), Path.Combine(_deps, "restore.mjs"));
        foreach (string name in new[] { "first", "second" })
        {
            string package = Directory.CreateDirectory(_folder.File($"{name}/package/lib")).FullName;
            File.WriteAllText(Path.Combine(package, "used.txt"), $"used by {name}");
            File.WriteAllText(Path.Combine(package, "unused.txt"), "not unpacked");
        }

        Directory.CreateDirectory(_folder.File("bin"));
        File.WriteAllText(_folder.File("bin/npm"), $"""
            #!/bin/sh
            echo "$2" >> '{_log}'
            name=$(echo "$2" | sed 's/@1.0.0//')
            [ -f '{_folder.Path}/fail-'"$name" ] && exit 1
            while [ $# -gt 1 ]; do shift; [ "$1" = --pack-destination ] && out=$2; done
            cp '{_folder.Path}/'"$name"'.tgz' "$out/$name-1.0.0.tgz"
            """);
        File.SetUnixFileMode(_folder.File("bin/npm"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task First_run_unpacks_what_is_named_and_the_second_asks_npm_for_nothing()
    {
        await WriteListAsync();

        Command first = await RestoreAsync();
        Command second = await RestoreAsync();

        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal("used by first", await File.ReadAllTextAsync(Npm("first/lib/used.txt")));
        Assert.False(File.Exists(Npm("first/lib/unused.txt")));
        Assert.True(File.GetLastWriteTimeUtc(Npm("first/lib/used.txt")).Year > 2000, "npm's date was kept");
        Assert.Equal((0, ""), (second.ExitCode, second.Output));
        Assert.Equal(["first@1.0.0", "second@1.0.0"], await File.ReadAllLinesAsync(_log));
    }

    [Fact]
    public async Task Interrupted_run_goes_on_with_what_is_missing()
    {
        await WriteListAsync();
        await File.WriteAllTextAsync(_folder.File("fail-second"), "");

        Command interrupted = await RestoreAsync();
        File.Delete(_folder.File("fail-second"));
        Command resumed = await RestoreAsync();

        Assert.Equal(1, interrupted.ExitCode);
        Assert.Contains("npm could not fetch second@1.0.0", interrupted.Error, StringComparison.Ordinal);
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        Assert.Equal("used by second", await File.ReadAllTextAsync(Npm("second/lib/used.txt")));
        Assert.Equal(
            ["first@1.0.0", "second@1.0.0", "second@1.0.0"], await File.ReadAllLinesAsync(_log));
    }

    [Fact]
    public async Task Package_with_another_hash_is_thrown_away_with_both_hashes_named()
    {
        await WriteListAsync(hashOfSecond: new string('0', 64));

        Command refused = await RestoreAsync();

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains($"records {new string('0', 64)}", refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Npm("second")));
    }

    private string Npm(string path) => Path.Combine(_deps, "npm", path);

    private async Task<Command> RestoreAsync() => await Command.RunAsync(
        "node", [Path.Combine(_deps, "restore.mjs")],
        environment: new Dictionary<string, string?>
        {
            ["PATH"] = _folder.File("bin") + ":" + Environment.GetEnvironmentVariable("PATH"),
        });

    private async Task WriteListAsync(string? hashOfSecond = null)
    {
        List<object> packages = [];
        foreach (string name in new[] { "first", "second" })
        {
            string file = _folder.File($"{name}.tgz");
            Command tar = await Command.RunAsync(
                "tar", ["-czf", file, "--mtime=1985-10-26", "-C", _folder.File(name), "package"]);
            Assert.True(tar.ExitCode == 0, tar.Error);
            byte[] bytes = await File.ReadAllBytesAsync(file);
            string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            packages.Add(new
            {
                name, version = "1.0.0", folder = name, purpose = "a test", licence = "none",
                bytes = bytes.Length, sha256 = name == "second" ? hashOfSecond ?? hash : hash,
                extract = new[] { "package/lib/used.txt" },
            });
        }

        await File.WriteAllTextAsync(Path.Combine(_deps, "packages.json"), JsonSerializer.Serialize(new { packages }));
    }
}
