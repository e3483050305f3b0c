namespace Kernels.Similarity;

/// <summary>When a search in f16 rows may use tensor cores, which round queries to f16 as well.</summary>
public enum TensorUse
{
    /// <summary>Where the device has them and there are enough queries.</summary>
    WhereFaster,

    /// <summary>Never: queries stay f32.</summary>
    Never,

    /// <summary>Always, on a device without them by an emulation that is slow: for tests.</summary>
    Always,
}
