using Engine.Options;

namespace Host.Tls;

/// <summary>A server's certificate, and whom it lets in. The files are read again when they change.</summary>
public sealed record TlsOptions : ICheckedOptions
{
    /// <summary>PEM file of the certificate, the chain to its authority after it. Required.</summary>
    [ConfigPath]
    public string Certificate { get; init; } = "";

    /// <summary>PEM file of its private key, unencrypted. Required.</summary>
    [ConfigPath]
    public string Key { get; init; } = "";

    /// <summary>PEM file of the authorities whose certificates clients must show; absent asks for none. Default none.
    /// </summary>
    [ConfigPath]
    public string? ClientAuthority { get; init; }

    /// <inheritdoc/>
    public IEnumerable<OptionProblem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Certificate))
        {
            yield return new(nameof(Certificate), "is empty; it must name a PEM file");
        }

        if (string.IsNullOrWhiteSpace(Key))
        {
            yield return new(nameof(Key), "is empty; it must name a PEM file");
        }
    }
}
