using System.Text;
using Kernels.Checksums;

namespace Engine.Export;

/// <summary>Which samples are kept for validation: by their key alone, so it is the same in every export and run.
/// </summary>
/// <param name="valPercent">Share of the samples, 0 to 100 percent.</param>
public readonly struct ExportSplit(double valPercent)
{
    /// <summary>The name of the part for training.</summary>
    public const string Train = "train";

    /// <summary>The name of the part for validation.</summary>
    public const string Val = "val";

    /// <summary>Parts that may have samples.</summary>
    public IEnumerable<string> Names => valPercent > 0 ? [Train, Val] : [Train];

    /// <summary>The part of a sample.</summary>
    /// <param name="key">The sample's key.</param>
    /// <returns><c>val</c> when the CRC-32C of the key, modulo 10,000, is below 100 times the percent.</returns>
    public string Of(string key) => Crc32C.Of(Encoding.ASCII.GetBytes(key)) % 10_000 < valPercent * 100 ? Val : Train;
}
