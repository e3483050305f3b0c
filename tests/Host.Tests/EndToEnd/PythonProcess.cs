using System.Diagnostics;
using System.Text;
using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>A script beside these tests, run by the system's Python with the shipped client on its path.</summary>
internal sealed class PythonProcess : IDisposable
{
    private const string Interpreter = "/usr/bin/python3";

    private readonly Process _process;
    private readonly StringBuilder _said = new(); // Guarded by itself.

    private PythonProcess(Process process, Action<string>? heard)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => Hear(line.Data, heard);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data, null);
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Everything it has printed.</summary>
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

    /// <summary>Skips the test where Python lacks a module.</summary>
    /// <param name="modules">Modules, with the Debian package that brings each.</param>
    public static async Task SkipUnlessItHasAsync(params (string Module, string Package)[] modules)
    {
        foreach ((string module, string package) in modules)
        {
            Assert.SkipUnless(File.Exists(Interpreter), $"needs {Interpreter}: apt-get install python3");
            Command found = await Command.RunAsync(Interpreter, ["-c", $"import {module}"]);
            Assert.SkipUnless(found.ExitCode == 0, $"needs Python's {module}: apt-get install {package}");
        }
    }

    /// <summary>Starts a script.</summary>
    /// <param name="script">A file of this folder, or a path.</param>
    /// <param name="heard">Told each line of its standard output.</param>
    /// <param name="arguments">Its arguments.</param>
    public static PythonProcess Start(string script, Action<string>? heard, params string[] arguments)
    {
        string path = Repository.Path("tests", "Host.Tests", "EndToEnd", script); // A whole path stays as it is.
        PythonProcess python = new(
            new Process
            {
                StartInfo = new ProcessStartInfo(Interpreter, ["-u", path, .. arguments])
                {
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    Environment =
                    {
                        ["PYTHONPATH"] = Repository.Path("clients", "python", "src"),
                        ["PYTHONDONTWRITEBYTECODE"] = "1",
                    },
                },
            },
            heard);
        python._process.Start();
        python._process.BeginOutputReadLine();
        python._process.BeginErrorReadLine();
        return python;
    }

    /// <summary>Sends a signal by its name; does nothing to a process that has ended.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends it as kill -9 does, and waits until it is gone.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public async Task<int> ExitCodeAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync().WaitAsync(limit);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill(); // A stopped process, too: SIGKILL needs no SIGCONT.
        }

        _process.Dispose();
    }

    private void Hear(string? line, Action<string>? heard)
    {
        if (line is not null)
        {
            lock (_said)
            {
                _said.AppendLine(line);
            }

            heard?.Invoke(line);
        }
    }
}
