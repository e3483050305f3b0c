using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Host.Tls;

/// <summary>Whom a client believes, and the certificate that it shows.</summary>
public sealed record ClientTrust
{
    /// <summary>PEM file of the authorities that may have signed the server's certificate; null for the system's.
    /// </summary>
    public string? Authority { get; init; }

    /// <summary>PEM file of the client's own certificate; null for none.</summary>
    public string? Certificate { get; init; }

    /// <summary>PEM file of its private key; null when it stands in <see cref="Certificate"/>.</summary>
    public string? Key { get; init; }

    /// <summary>Makes the options of a handshake.</summary>
    /// <param name="host">The name or address that the server's certificate must be for.</param>
    /// <exception cref="InvalidDataException">A file is no PEM of its kind.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    internal SslClientAuthenticationOptions ToOptions(string host)
    {
        SslClientAuthenticationOptions options = new() { TargetHost = host };
        try
        {
            if (Authority is not null)
            {
                X509ChainPolicy policy = new()
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck, // Private authorities seldom publish any.
                };
                policy.CustomTrustStore.ImportFromPemFile(Authority);
                options.CertificateChainPolicy = policy;
            }

            if (Certificate is not null)
            {
                options.ClientCertificateContext = SslStreamCertificateContext.Create(
                    X509Certificate2.CreateFromPemFile(Certificate, Key), additionalCertificates: null, offline: true);
            }
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{Authority ?? Certificate}, {Certificate} and {Key} cannot be used for TLS: {wrong.Message}", wrong);
        }

        return options;
    }
}
