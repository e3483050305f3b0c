using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tidy.Tests;

/// <summary>
/// Goal: the tree's arrows hold. Method: read each source file's <c>using</c> lines and compare the namespace used
/// with what its own folder may use. A new folder must be added here, so nobody adds one without saying its place.
/// </summary>
public sealed class LayerTests
{
    private static readonly string[] Ports =
        ["Engine/Pipeline/Generate", "Engine/Pipeline/Annotate", "Engine/Pipeline/Filter", "Engine/Pipeline/Deliver"];

    // Folder of src/ -> the folders it may use besides itself. Longest folder wins.
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Kernels"] = [],
        ["Engine/Options"] = [],
        ["Engine/Items"] = [],
        ["Engine/Disk"] = [],
        ["Engine/Flow"] = ["Engine/Options"],
        ["Engine/Imaging"] = ["Engine/Items", "Engine/Options"],
        ["Engine/Crops"] = ["Engine/Items", "Engine/Options", "Kernels"],
        ["Engine/Index"] =
        [
            "Engine/Disk", "Engine/Items", "Engine/Options", "Engine/Imaging", "Engine/Index/Sources", "Engine/Crops",
            "Kernels",
        ],
        ["Engine/Store"] = ["Engine/Items", "Engine/Disk", "Engine/Options", "Kernels"],
        ["Engine/Store/Repair"] = ["Engine/Items", "Engine/Disk", "Engine/Options", "Engine/Store", "Kernels"],
        ["Engine/Export"] = ["Engine/Items", "Engine/Disk", "Engine/Options", "Engine/Store", "Kernels"],
        ["Engine/Index/Sources"] = ["Engine/Items", "Engine/Options", "Engine/Imaging", "Kernels"],
        ["Engine/Pipeline/Prompts"] = Stage(),
        ["Engine/Pipeline/Generate"] = Stage(),
        ["Engine/Pipeline/Annotate"] = Stage(),
        ["Engine/Pipeline/Filter"] = [.. Stage(), "Engine/Crops"],
        ["Engine/Pipeline/Record"] = Stage(),
        ["Engine/Pipeline/Deliver"] = Stage(),

        // Pipeline.cs and its neighbours link the stages: the one place where they meet.
        ["Engine/Pipeline"] =
        [
            .. Stage(), .. Ports, "Engine/Pipeline/Prompts", "Engine/Pipeline/Record",
        ],
        ["Engine/Runtimes/Onnx"] = ["Engine/Options"],
        ["Engine/Runtimes"] =
        [
            "Engine/Items", "Engine/Flow", "Engine/Options", "Engine/Imaging", "Engine/Index",
            "Engine/Index/Sources", "Engine/Runtimes/Onnx", "Kernels", .. Ports,
        ],
        ["Host"] = ["Engine", "Kernels"],
    };

    [Fact]
    public void Each_folder_uses_only_the_folders_below_it()
    {
        List<string> wrong = [];
        foreach (SourceFile file in Sources.Shipped)
        {
            string path = file.Path["src/".Length..];
            string? own = FolderOf(path);
            if (own is null)
            {
                wrong.Add($"{file.Path}: its folder has no row in MayUse.");
                continue;
            }

            foreach (UsingDirectiveSyntax use in file.Tree.Usings)
            {
                string used = use.NamespaceOrType.ToString().Replace('.', '/') + "/";
                if (FolderOf(used) is { } folder && folder != own && !Allowed(own, used))
                {
                    wrong.Add($"{file.Path} uses {used}; {own} may use only: {string.Join(", ", MayUse[own])}");
                }
            }
        }

        Findings.AssertNone(wrong);
    }

    [Fact]
    public void Namespace_is_the_folder()
    {
        IEnumerable<string> wrong = Sources.Shipped
            .SelectMany(
                file => file.Tree.Members.OfType<BaseNamespaceDeclarationSyntax>(), (file, space) => (file, space))
            .Where(pair => pair.space.Name.ToString().Replace('.', '/')
                != Path.GetDirectoryName(pair.file.Path["src/".Length..])!.Replace('\\', '/'))
            .Select(pair => $"{pair.file.Path} is in namespace {pair.space.Name}");

        Findings.AssertNone(wrong);
    }

    [Fact]
    public void Wall_clock_environment_console_and_signals_are_used_in_Host_only()
    {
        string[] banned =
        [
            "Environment.GetEnvironmentVariable", "Console.", "DateTime.UtcNow", "DateTimeOffset.UtcNow",
            "PosixSignalRegistration", "Environment.Exit",
        ];
        IEnumerable<string> wrong = Sources.Shipped
            .Where(file => !file.Path.StartsWith("src/Host/", StringComparison.Ordinal))
            .SelectMany(file => file.Lines.Select((line, index) => (file.Path, Number: index + 1, Line: line)))
            .Where(at => !at.Line.TrimStart().StartsWith("//", StringComparison.Ordinal)
                && banned.Any(word => at.Line.Contains(word, StringComparison.Ordinal)))
            .Select(at => $"{at.Path}:{at.Number}: {at.Line.Trim()}");

        Findings.AssertNone(wrong);
    }

    [Fact]
    public void Dataflow_blocks_are_used_in_Flow_only()
    {
        IEnumerable<string> wrong = Sources.Shipped
            .Where(file => !file.Path.StartsWith("src/Engine/Flow/", StringComparison.Ordinal)
                && file.Tree.Usings.Any(use => use.NamespaceOrType.ToString() == "System.Threading.Tasks.Dataflow"))
            .Select(file => file.Path);

        Findings.AssertNone(wrong);
    }

    private static string[] Stage() =>
        ["Engine/Items", "Engine/Flow", "Engine/Options", "Engine/Imaging", "Engine/Store", "Kernels"];

    private static bool Allowed(string own, string used) =>
        MayUse[own].Any(folder => used.StartsWith(folder + "/", StringComparison.Ordinal)
            && (folder == "Engine" || FolderOf(used) == folder || folder == "Kernels"));

    private static string? FolderOf(string path) => MayUse.Keys
        .Where(folder => path.StartsWith(folder + "/", StringComparison.Ordinal))
        .MaxBy(folder => folder.Length);
}
