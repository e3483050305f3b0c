namespace Tests.Shared;

/// <summary>The foreign reference: the system's Python with the packages a test names, or a skip that says what to get.
/// </summary>
internal static class Python
{
    private const string Interpreter = "/usr/bin/python3";

    /// <summary>Runs a script; skips the test where Python or a module is missing.</summary>
    /// <param name="modules">Modules the script imports, with the Debian package that brings each.</param>
    /// <param name="script">The script.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What the script printed.</returns>
    public static async Task<string> RunAsync(
        IReadOnlyList<(string Module, string Package)> modules, string script, params string[] arguments)
    {
        if (!File.Exists(Interpreter))
        {
            Assert.Skip($"{Interpreter} is missing; install the package python3.");
        }

        foreach ((string module, string package) in modules)
        {
            if ((await Command.RunAsync(Interpreter, ["-c", $"import {module}"])).ExitCode != 0)
            {
                Assert.Skip($"Python's {module} is missing; install the package {package}.");
            }
        }

        Command run = await Command.RunAsync(Interpreter, ["-c", script, .. arguments]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run.Output;
    }
}
