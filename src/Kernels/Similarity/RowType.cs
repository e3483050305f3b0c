namespace Kernels.Similarity;

/// <summary>How a value of a row is stored. Arithmetic is in f32 whatever it is.</summary>
public enum RowType
{
    /// <summary>32-bit float: 4 bytes, exact.</summary>
    F32,

    /// <summary>16-bit float: 2 bytes; a cosine is off by 5e-4 at most, usually by 3e-5.</summary>
    F16,

    /// <summary>8-bit whole number with one scale a row: 1 byte; a cosine is off by about 6e-4.</summary>
    I8,
}
