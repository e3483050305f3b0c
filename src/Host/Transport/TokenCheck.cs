using System.Security.Cryptography;
using System.Text;

namespace Host.Transport;

/// <summary>Compares tokens in a time that says nothing about how much of one is right, nor how long it is.</summary>
internal sealed class TokenCheck
{
    private readonly byte[]? _expected; // The SHA-256 of the token; null when none is asked for.

    public TokenCheck(string? token) => _expected = token is null ? null : Hash(token);

    /// <summary>Whether a client may come in.</summary>
    public bool Allows(string? token) =>
        _expected is null || CryptographicOperations.FixedTimeEquals(_expected, Hash(token ?? string.Empty));

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
