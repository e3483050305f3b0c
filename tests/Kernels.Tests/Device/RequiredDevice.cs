namespace Kernels.Tests.Device;

/// <summary>Skips a test for want of a device, except where the device must be there.</summary>
internal static class RequiredDevice
{
    /// <summary>Set to 1 where PoCL, oclgrind and clang are installed, as CI does: then a skip is a failure.</summary>
    public const string Variable = "HEADWATER_REQUIRE_KERNEL_TESTS";

    /// <summary>Skips with a reason, or fails where the variable says that nothing may be missing.</summary>
    /// <param name="reason">What is missing.</param>
    public static void Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            Assert.Fail($"{reason}; {Variable}=1 says that it must not be missing.");
        }

        Assert.Skip(reason);
    }
}
