namespace Kernels.Device;

/// <summary>A device that was found, or a kind of which none was.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name; empty where there is none of the kind.</param>
/// <param name="IsChosen">Whether it is the one that runs the kernels.</param>
/// <param name="Reason">Why it was chosen, or why not.</param>
public sealed record DeviceCandidate(DeviceKind Kind, string Name, bool IsChosen, string Reason);
