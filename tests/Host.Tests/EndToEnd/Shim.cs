using Tests.Shared;

namespace Host.Tests.EndToEnd;

/// <summary>A library of C that a process loads before libc, to meet a disk that it does not have.</summary>
internal static class Shim
{
    /// <summary>Compiles a source of this folder; skips the test where there is no C compiler.</summary>
    /// <param name="folder">Where the library goes.</param>
    /// <param name="name">The source's name, without its ending.</param>
    /// <returns>The library, for LD_PRELOAD.</returns>
    public static async Task<string> BuildAsync(TempFolder folder, string name)
    {
        string? compiler = new[] { "/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang", "/usr/bin/clang-16" }
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(compiler is null, "Needs a C compiler, for a libc of a test's own: install gcc or clang.");
        string shim = folder.File($"{name}.so");
        Command built = await Command.RunAsync(compiler,
        [
            "-shared", "-fPIC", "-o", shim,
            Repository.Path("tests", "Host.Tests", "EndToEnd", $"{name}.c"), "-ldl",
        ]);
        Assert.True(built.ExitCode == 0, built.Error);
        return shim;
    }
}
