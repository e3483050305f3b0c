using System.Diagnostics;
using System.Text.Json;
using Tests.Shared;

namespace Client.Tests;

/// <summary>The system's Python with the client on its path.</summary>
internal static class PythonClient
{
    private const string Program = "/usr/bin/python3";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A path below clients/python.</summary>
    public static string Path(params string[] parts) => Repository.Path(["clients", "python", .. parts]);

    /// <summary>A text as a Python literal.</summary>
    public static string Quoted(this string text) => JsonSerializer.Serialize(text);

    public static async Task SkipUnlessReadyAsync()
    {
        if (!File.Exists(Program))
        {
            Assert.Skip($"needs {Program}: apt-get install python3 python3-msgpack");
        }

        Command found = await Command.RunAsync(Program, ["-c", "import msgpack"]);
        if (found.ExitCode != 0)
        {
            Assert.Skip("needs msgpack for Python: apt-get install python3-msgpack");
        }
    }

    public static Task<Command> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment) =>
        Command.RunAsync(Program, arguments, environment: new Dictionary<string, string?>(environment)
        {
            ["PYTHONPATH"] = Path("src"), ["PYTHONDONTWRITEBYTECODE"] = "1",
        });

    /// <summary>Runs a script and gives its lines as they come; a failure of the script is one of the test.</summary>
    public static async IAsyncEnumerable<string> LinesAsync(string script)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(Program, ["-c", script])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["PYTHONPATH"] = Path("src"), ["PYTHONDONTWRITEBYTECODE"] = "1" },
            },
        };
        process.Start();
        Task<string> error = process.StandardError.ReadToEndAsync(Token);
        try
        {
            while (await process.StandardOutput.ReadLineAsync(Token) is { } line)
            {
                yield return line;
            }

            await process.WaitForExitAsync(Token);
            Assert.True(process.ExitCode == 0, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
