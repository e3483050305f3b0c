namespace Tests.Shared;

/// <summary>A library of C that stands in for one of the machine's own: a libc with a disk that fails, a CUDA driver
/// without a GPU.</summary>
internal static class Shim
{
    /// <summary>The C compiler; null where there is none.</summary>
    public static string? Compiler { get; } =
        new[] { "/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang", "/usr/bin/clang-16" }.FirstOrDefault(File.Exists);

    /// <summary>Compiles a library; skips the test where there is no C compiler.</summary>
    /// <param name="folder">Where the library goes.</param>
    /// <param name="library">Its name, by which a process finds it.</param>
    /// <param name="sources">The sources.</param>
    /// <returns>The library's path.</returns>
    public static async Task<string> BuildAsync(TempFolder folder, string library, params IEnumerable<string> sources)
    {
        Assert.SkipWhen(Compiler is null, "Needs a C compiler, for a library of a test's own: install gcc or clang.");
        string path = folder.File(library);
        Command built = await Command.RunAsync(Compiler,
        [
            "-O2", "-shared", "-fPIC", $"-Wl,-soname,{library},-Bsymbolic", "-o", path, .. sources,
            "-ldl", "-lm", "-lpthread",
        ]);
        Assert.True(built.ExitCode == 0, built.Error);
        return path;
    }
}
