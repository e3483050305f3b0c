namespace Host.Configuration;

/// <summary>The checkout, below which the demo, the benches and the models lie.</summary>
internal static class CheckoutFolder
{
    /// <summary>HEADWATER_HOME, which ./headwater sets; the current folder where it is not set.</summary>
    public static string Path => Environment.GetEnvironmentVariable("HEADWATER_HOME") ?? Environment.CurrentDirectory;
}
