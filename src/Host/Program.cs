using System.CommandLine;

namespace Host;

/// <summary>The <c>headwater</c> command.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args)
    {
        RootCommand root = new("Headwater: text prompts in, filtered and masked training samples out.");
        return root.Parse(args).InvokeAsync();
    }
}
