using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>Goal: the house style's measures hold, so that a file and a method can be read in one go.</summary>
public sealed class ShapeTests
{
    private const int ColumnsMax = 120;
    private const int MethodLinesMax = 60;
    private const int FileLinesP90Max = 200;

    [Fact]
    public void Lines_are_at_most_120_columns()
    {
        IEnumerable<string> wrong = Sources.All
            .SelectMany(file => file.Lines.Select((line, index) => (file.Path, Number: index + 1, line.Length)))
            .Where(at => at.Length > ColumnsMax)
            .Select(at => $"{at.Path}:{at.Number}: {at.Length} columns");

        Findings.AssertNone(wrong);
    }

    [Fact]
    public void Methods_are_at_most_60_lines()
    {
        IEnumerable<string> wrong =
            from file in Sources.All
            from body in file.Tree.DescendantNodes().Where(node =>
                node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)
            let lines = LinesOf(body)
            where lines > MethodLinesMax
            select $"{file.Path}: {NameOf(body)} has {lines} lines";

        Findings.AssertNone(wrong);
    }

    [Fact]
    public void Nine_files_in_ten_are_under_200_lines()
    {
        int[] lengths = [.. Sources.Shipped.Select(file => file.Lines.Length).Order()];
        int p90 = lengths[(int)(lengths.Length * 0.9)];

        string longest = string.Join(", ", Sources.Shipped.OrderByDescending(file => file.Lines.Length).Take(12)
            .Select(file => $"{file.Path} {file.Lines.Length}"));
        Assert.True(p90 < FileLinesP90Max, $"p90 is {p90} lines; longest: {longest}");
    }

    [Fact]
    public void Shipped_file_holds_one_type_of_its_own_name()
    {
        IEnumerable<string> wrong =
            from file in Sources.Shipped
            let types = file.Tree.DescendantNodes(node => node is not TypeDeclarationSyntax)
                .OfType<MemberDeclarationSyntax>()
                .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
                .Select(member => member is BaseTypeDeclarationSyntax type
                    ? type.Identifier.Text
                    : ((DelegateDeclarationSyntax)member).Identifier.Text)
                .Distinct()
                .ToArray()
            where types.Length > 1 && !MayHoldSeveral(file.Path)
            select $"{file.Path} holds {string.Join(", ", types)}";

        Findings.AssertNone(wrong);
    }

    [Fact]
    public void No_promise_in_a_comment_and_no_region()
    {
        // Written in two parts, or this file would find itself.
        string[] words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "#reg" + "ion", "XX" + "X"];
        IEnumerable<string> wrong = Sources.All
            .SelectMany(file => file.Lines.Select((line, index) => (file.Path, Number: index + 1, Line: line)))
            .Where(at => words.Any(word => at.Line.Contains(word, StringComparison.Ordinal)))
            .Select(at => $"{at.Path}:{at.Number}: {at.Line.Trim()}");

        Findings.AssertNone(wrong);
    }

    [Fact]
    public void Catch_of_everything_has_a_filter_or_a_reason()
    {
        IEnumerable<string> wrong =
            from file in Sources.Shipped
            from clause in file.Tree.DescendantNodes().OfType<CatchClauseSyntax>()
            where clause.Filter is null
                && (clause.Declaration?.Type.ToString() ?? "Exception") is ("Exception" or "System.Exception")
                && !clause.Block.DescendantNodes().OfType<ThrowStatementSyntax>().Any()
                && !clause.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
            select $"{file.Path}:{clause.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";

        Findings.AssertNone(wrong);
    }

    private static bool MayHoldSeveral(string path) =>
        path is "src/Engine/Flow/StageSteps.cs" or "src/Engine/Flow/Outcome.cs";

    private static int LinesOf(SyntaxNode node)
    {
        FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string NameOf(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        LocalFunctionStatementSyntax function => function.Identifier.Text,
        _ => node.Kind().ToString(),
    };
}
