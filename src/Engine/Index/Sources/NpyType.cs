namespace Engine.Index.Sources;

/// <summary>The kinds of numbers that are read from a .npy file, all little endian.</summary>
public enum NpyType
{
    /// <summary>16-bit floats, &lt;f2.</summary>
    F16,

    /// <summary>32-bit floats, &lt;f4.</summary>
    F32,

    /// <summary>64-bit floats, &lt;f8.</summary>
    F64,
}
