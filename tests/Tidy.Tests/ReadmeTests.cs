using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Tests.Shared;

namespace Tidy.Tests;

/// <summary>
/// Goal: every code block of the README works as it stands. Method: each is taken out of the README and run: the demo
/// and the configuration for real, the daemon's commands in the order given, Python parsed by Python.
/// </summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Repository.Path("README.md"));
    private static readonly string Headwater =
        Repository.Path("src", "Host", "bin", "Release", "net10.0", "headwater.dll");

    [Fact]
    public void Every_block_is_of_a_kind_that_is_run_here() => Assert.All(
        Block().Matches(Readme), block => Assert.Contains(block.Groups[1].Value, new[] { "", "sh", "yaml", "python" }));

    [Fact]
    public void Every_command_is_one_of_the_launcher() => Assert.All(
        Lines("sh"), line => Assert.Matches(@"^\./(test$|headwater (demo$|validate -c |serve -c |consume ))", line));

    [Fact]
    public async Task Demo_makes_24_samples_and_a_contact_sheet()
    {
        NeedsRelease();
        using TempFolder folder = new();

        Command demo = await RunAsync("demo", "--output", folder.File("out"));

        Assert.True(demo.ExitCode == 0, demo.Output + demo.Error);
        Assert.Contains(
            "24 of 24 samples accepted in 8 categories, 24 received over the socket",
            demo.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.True(new FileInfo(folder.File("out/contact-sheet.png")).Length > 100_000);
    }

    [Fact]
    public async Task Daemon_and_consumer_of_the_readme_deliver_as_written()
    {
        NeedsRelease();
        string[] made = [Repository.Path("demo-out", "data"), Repository.Path("samples")];
        Assert.SkipWhen(made.Any(Directory.Exists), $"{string.Join(" or ", made)} is there, from a run of yours.");
        string[][] lines = [.. Lines("sh").Select(line => line.Split(' ')[1..]).Where(line => line.Length > 1)];
        string[] Of(string command) => lines.Single(line => line[0] == command);
        Command validate = await RunAsync(Of("validate"));
        Assert.True(validate.ExitCode == 0, validate.Error);
        try
        {
            using Process daemon = Process.Start(new ProcessStartInfo("dotnet", [Headwater, .. Of("serve")])
            {
                RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root,
            })!;
            StringBuilder said = new();
            daemon.ErrorDataReceived += (_, line) => said.AppendLine(line.Data);
            daemon.BeginErrorReadLine();
            while (await daemon.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
                && !said.AppendLine(line).ToString().Contains("tcp://127.0.0.1:7700", StringComparison.Ordinal))
            {
            }

            Task<string> rest = daemon.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            Command consumer = await RunAsync(Of("consume"));
            Process.Start("kill", ["-TERM", $"{daemon.Id}"])!.WaitForExit();
            await daemon.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.True(consumer.ExitCode == 0, consumer.Error + said + await rest);
            Assert.Equal(8, Directory.GetFiles(made[1], "*.mask.png").Length);
            Assert.True(daemon.ExitCode == 0, said + await rest);
        }
        finally
        {
            foreach (string folder in made.Where(Directory.Exists))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    [Fact]
    public async Task Configuration_of_the_readme_is_sound()
    {
        NeedsRelease();
        string file = Repository.Path("readme-test.yaml");
        try
        {
            await File.WriteAllTextAsync(file, Blocks("yaml").Single(), TestContext.Current.CancellationToken);

            Command validate = await RunAsync("validate", "-c", file);

            Assert.True(validate.ExitCode == 0, validate.Error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Python_of_the_readme_parses() => await Python.RunAsync(
        [], "import ast, sys; ast.parse(sys.argv[1])", Blocks("python").Single());

    [Fact]
    public void Links_lead_to_files() => Assert.All(
        Link().Matches(Readme), link => Assert.True(Path.Exists(Repository.Path(link.Groups[1].Value)), link.Value));

    private static void NeedsRelease()
    {
        if (!File.Exists(Headwater))
        {
            Assert.Skip("The release build is missing; run ./test, which makes it.");
        }
    }

    private static Task<Command> RunAsync(params string[] arguments) => Command.RunAsync(
        "dotnet", [Headwater, .. arguments],
        folder: Repository.Root,
        environment: new Dictionary<string, string?> { ["HEADWATER_HOME"] = Repository.Root });

    private static IEnumerable<string> Blocks(string kind) => Block().Matches(Readme)
        .Where(block => block.Groups[1].Value == kind).Select(block => block.Groups[2].Value);

    private static IEnumerable<string> Lines(string kind) =>
        Blocks(kind).SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex Link();
}
