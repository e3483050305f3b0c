using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tests.Shared;

/// <summary>An authority of its own and PEM files that it signed.</summary>
internal sealed class PemFolder : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);

    private readonly TempFolder _folder = new();
    private readonly X509Certificate2 _authority;

    public PemFolder()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(From, From.AddDays(30));
        File.WriteAllText(Authority, _authority.ExportCertificatePem());
    }

    public string Authority => PathOf("authority.pem");

    public string PathOf(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Signs a certificate and writes NAME.pem and NAME.key.</summary>
    /// <returns>Its thumbprint.</returns>
    public string Sign(string name, bool isClient = false)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(isClient ? "1.3.6.1.5.5.7.3.2" : "1.3.6.1.5.5.7.3.1")], critical: true));
        using X509Certificate2 signed = request.Create(
            _authority, From, From.AddDays(20), RandomNumberGenerator.GetBytes(12));
        File.WriteAllText(PathOf(name + ".pem"), signed.ExportCertificatePem());
        File.WriteAllText(PathOf(name + ".key"), key.ExportPkcs8PrivateKeyPem());
        return signed.Thumbprint;
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }
}
