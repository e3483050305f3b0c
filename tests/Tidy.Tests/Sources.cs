using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tests.Shared;

namespace Tidy.Tests;

/// <summary>The C# files of the checkout, read once.</summary>
internal static class Sources
{
    private static readonly string[] Roots = ["src", "tests", "bench"];

    public static IReadOnlyList<SourceFile> All { get; } =
    [
        .. Roots.Select(root => Repository.Path(root))
            .SelectMany(root => Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal)
                && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(Repository.Path(path)))),
    ];

    public static IEnumerable<SourceFile> Shipped =>
        All.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal));
}

/// <summary>One C# file.</summary>
/// <param name="Path">Relative to the root, with slashes.</param>
/// <param name="Text">Its text.</param>
internal sealed record SourceFile(string Path, string Text)
{
    public string[] Lines { get; } = Text.TrimEnd('\n').Split('\n');

    public CompilationUnitSyntax Tree { get; } = CSharpSyntaxTree.ParseText(
        Text, new CSharpParseOptions(LanguageVersion.Latest, Microsoft.CodeAnalysis.DocumentationMode.Parse))
        .GetCompilationUnitRoot();
}
