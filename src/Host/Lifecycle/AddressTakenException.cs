namespace Host.Lifecycle;

/// <summary>An address cannot be listened on: its port is in use, or it is not this machine's.</summary>
/// <param name="address">The address as configured.</param>
/// <param name="cause">What the system said.</param>
#pragma warning disable CA1032 // One way to make it: without an address it says nothing.
internal sealed class AddressTakenException(string address, Exception cause)
    : Exception($"cannot listen on {address}: {cause.GetBaseException().Message}", cause);
#pragma warning restore CA1032
