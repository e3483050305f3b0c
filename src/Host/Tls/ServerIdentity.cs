using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Host.Tls;

/// <summary>The certificate that a listener shows, read again when its files change: certificates live for weeks, the
/// daemon for months. Safe from several threads.</summary>
/// <remarks>New files are looked for at a handshake, once a minute at most. Files that cannot be used leave the
/// certificate as it was, and are told of once.</remarks>
internal sealed class ServerIdentity
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    private readonly TlsOptions _options;
    private readonly TimeProvider _clock;
    private readonly Action<string> _say;
    private readonly Lock _gate = new();
    private SslServerAuthenticationOptions _shown; // Guarded by _gate.
    private string _stamp; // Of the files last read, usable or not. Guarded by _gate.
    private long _lookedAt; // Guarded by _gate.

    private ServerIdentity(TlsOptions options, TimeProvider clock, Action<string> say)
    {
        (_options, _clock, _say) = (options, clock, say);
        (_stamp, _lookedAt) = (Stamp(), clock.GetTimestamp());
        _shown = Load();
    }

    /// <summary>Reads the files.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="clock">Says when to look for new files.</param>
    /// <param name="say">Told of new files.</param>
    /// <exception cref="InvalidDataException">A file is no PEM of its kind, or the key is another certificate's.
    /// </exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ServerIdentity Read(TlsOptions options, TimeProvider clock, Action<string> say) =>
        new(options, clock, say);

    /// <summary>Puts TLS before whatever the endpoint serves.</summary>
    /// <param name="endpoint">Kestrel's.</param>
    /// <param name="handshakeTimeout">How long a peer may take.</param>
    public void Guard(ListenOptions endpoint, TimeSpan handshakeTimeout) =>
        endpoint.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = handshakeTimeout,
            OnConnection = _ => ValueTask.FromResult(Now()),
        });

    internal SslServerAuthenticationOptions Now()
    {
        lock (_gate)
        {
            if (_clock.GetElapsedTime(_lookedAt) < LookAgain)
            {
                return _shown;
            }

            _lookedAt = _clock.GetTimestamp();
            string stamp = Stamp();
            if (stamp == _stamp)
            {
                return _shown;
            }

            _stamp = stamp;
            try
            {
                _shown = Load();
                _say($"tls: {_options.Certificate} was read again");
            }
            catch (Exception unusable) when (unusable is InvalidDataException or IOException
                or UnauthorizedAccessException)
            {
                _say($"tls: the certificate stays as it was: {unusable.Message}");
            }

            return _shown;
        }
    }

    private SslServerAuthenticationOptions Load()
    {
        X509Certificate2Collection chain = Read(_options.Certificate);
        X509Certificate2 own = WithKey();
        SslServerAuthenticationOptions shown = new()
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true),
        };
        if (_options.ClientAuthority is { } file)
        {
            X509Certificate2Collection authorities = Read(file);
            shown.ClientCertificateRequired = true;
            shown.RemoteCertificateValidationCallback = (_, shownToUs, _, _) =>
                shownToUs is X509Certificate2 client && IsSignedBy(authorities, client);
        }

        return shown;
    }

    private X509Certificate2 WithKey()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(_options.Certificate, _options.Key);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{_options.Certificate} and {_options.Key} are no certificate with its key: {wrong.Message}", wrong);
        }
    }

    private static X509Certificate2Collection Read(string file)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPemFile(file);
        }
        catch (CryptographicException wrong)
        {
            throw new InvalidDataException($"{file} has a certificate that cannot be read: {wrong.Message}", wrong);
        }

        return certificates.Count > 0
            ? certificates
            : throw new InvalidDataException($"{file} has no certificate in PEM form.");
    }

    // Revocation is not asked for: private authorities, which these are, seldom publish any; asking needs a network.
    private static bool IsSignedBy(X509Certificate2Collection authorities, X509Certificate2 client)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // TLS client authentication
        return chain.Build(client);
    }

    private string Stamp() => string.Join(
        '|',
        new[] { _options.Certificate, _options.Key, _options.ClientAuthority }.OfType<string>()
            .Select(path => new FileInfo(path))
            .Select(file => file.Exists ? $"{file.LastWriteTimeUtc.Ticks} {file.Length}" : "-"));
}
