namespace Tidy.Tests;

/// <summary>Fails with every finding in full: xunit's own messages cut long strings.</summary>
internal static class Findings
{
    public static void AssertNone(IEnumerable<string> findings)
    {
        string[] all = [.. findings];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }
}
