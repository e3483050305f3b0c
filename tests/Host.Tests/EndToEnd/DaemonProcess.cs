using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>A real daemon in a process of its own, on free ports, with the fast annotator.</summary>
internal sealed partial class DaemonProcess : IDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(2);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "headwater.dll");

    private readonly Process _process;
    private readonly StringBuilder _said = new(); // Guarded by itself.
    private readonly TaskCompletionSource<Match> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _draining = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DaemonProcess(string file, IEnumerable<string> arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(file, arguments)
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("the daemon ended early"));
    }

    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public string Samples { get; private set; } = "";

    public string Http { get; private set; } = "";

    public int ProcessId => _process.Id;

    /// <summary>A configuration of 3 categories on the salient annotator, below a folder; its pictures come from the
    /// library, or from the generator given as one line of YAML.</summary>
    public static string Config(
        TempFolder folder, int quota = 2, string more = "", string transport = "tcp://127.0.0.1:0",
        string http = "http://127.0.0.1:0", string? generator = null)
    {
        string library =
            $"{"{library: {source: "}{Repository.Npm("fluent-emoji-3d", "assets")}, names: "
            + $"{Repository.Npm("unicode-emoji-json", "data-by-emoji.json")}, picture_side_px: 160{"}}"}";
        string file = folder.File($"config-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, $"""
            plan:
              quota: {quota}
              new_categories: true
              categories: [{"{name: apple}"}, {"{name: guitar}"}, {"{name: teapot}"}]
            generators:
              - {generator ?? library}
            annotator:
              kind: salient
              salient: {"{model: "}{Repository.Npm("u2netp", "u2netp.onnx")}{"}"}
            store: {"{directory: "}{folder.File("data")}, free_bytes_min: 0{"}"}
            transport: {"{listen: ["}"{transport}"{"]}"}
            http: {"{listen: "}"{http}"{"}"}
            {more}
            """);
        return file;
    }

    public static async Task<DaemonProcess> StartAsync(string config)
    {
        DaemonProcess daemon = Start(config);
        await daemon.ListensAsync();
        return daemon;
    }

    public async Task ListensAsync()
    {
        try
        {
            await _ready.Task.WaitAsync(HangLimit);
        }
        catch (Exception late) when (late is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"Process {_process.Id} is not ready: {late.Message} {Said}", late);
        }

        Match ready = await _ready.Task;
        (Samples, Http) = (ready.Groups[1].Value, ready.Groups[2].Value);
    }

    public static DaemonProcess Start(string config) => Start("dotnet", [Program, "serve", "-c", config]);

    /// <summary>Starts a daemon that alone sees a small disk at a folder; where <c>unshare</c> may do that.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="disk">The folder the disk is at.</param>
    /// <param name="prepare">A shell command that makes the disk.</param>
    public static DaemonProcess StartOnDisk(string config, string disk, string prepare)
    {
        Directory.CreateDirectory(disk);
        string command = $"cd '{disk}' && {prepare} && exec dotnet '{Program}' serve -c '{config}'";
        return Start("unshare", ["-rm", "sh", "-c", command]);
    }

    /// <summary>Starts a daemon with environment variables, as NAME=value.</summary>
    public static DaemonProcess StartWith(string config, params string[] variables) =>
        Start("env", [.. variables, "dotnet", Program, "serve", "-c", config]);

    private static DaemonProcess Start(string file, string[] arguments)
    {
        DaemonProcess daemon = new(file, arguments);
        daemon._process.Start();
        daemon._process.BeginOutputReadLine();
        daemon._process.BeginErrorReadLine();
        return daemon;
    }

    /// <summary>Runs another command of the same program.</summary>
    public static Task<Command> RunAsync(params string[] arguments) =>
        Command.RunAsync("dotnet", [Program, .. arguments]);

    /// <summary>The same with environment variables.</summary>
    public static Task<Command> RunWithAsync(
        IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        Command.RunAsync("dotnet", [Program, .. arguments], environment: environment);

    public void Signal(string name) => Process.Start("kill", [$"-{name}", $"{_process.Id}"])!.WaitForExit();

    /// <summary>Ends it as kill -9 does, and waits until it is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Waits until it says that it drains.</summary>
    public Task DrainsAsync() => _draining.Task.WaitAsync(HangLimit);

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(HangLimit);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_said)
        {
            _said.AppendLine(line);
        }

        if (line.Contains(": draining;", StringComparison.Ordinal))
        {
            _draining.TrySetResult();
        }

        Match ready = Ready().Match(line);
        if (ready.Success)
        {
            _ready.TrySetResult(ready);
        }
    }

    [GeneratedRegex("ready: samples at (.+?), http at ([^,]+),")]
    private static partial Regex Ready();
}
