namespace Kernels.Similarity;

/// <summary>Gives rows in their order, some at a time.</summary>
/// <param name="first">The first row asked for.</param>
/// <param name="rows">Receives rows of D values each, row-major, of length 1 each.</param>
public delegate void RowSource(int first, Span<float> rows);
