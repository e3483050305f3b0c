namespace Host.Configuration;

/// <summary>Which device computes similarities and masks.</summary>
internal enum KernelDeviceChoice
{
    /// <summary>The best there is.</summary>
    Auto,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,

    /// <summary>The first OpenCL device, a GPU or not.</summary>
    OpenCl,

    /// <summary>The processor.</summary>
    Cpu,
}
