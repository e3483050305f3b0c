namespace Host.Transport;

/// <summary>So much more may be sent; added to what is left.</summary>
/// <param name="Frames">Samples, from 0.</param>
/// <param name="Bytes">Bytes of their frames, prefix included, from 0.</param>
public readonly record struct CreditFrame(int Frames, long Bytes);
