using System.CommandLine;
using Host.Tls;

namespace Host.Commands;

/// <summary>The options that say whom a client believes over TLS.</summary>
internal sealed class TrustArguments
{
    private readonly Option<FileInfo> _authority =
        File("--tls-ca", "PEM file of the authority to believe, instead of the system's.");

    private readonly Option<FileInfo> _certificate = File("--tls-cert", "PEM file of the certificate to show.");

    private readonly Option<FileInfo> _key =
        File("--tls-key", "PEM file of its private key, unless it stands in --tls-cert.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_authority);
        command.Options.Add(_certificate);
        command.Options.Add(_key);
    }

    /// <summary>What was given.</summary>
    public ClientTrust Of(ParseResult parsed) => new()
    {
        Authority = parsed.GetValue(_authority)?.FullName,
        Certificate = parsed.GetValue(_certificate)?.FullName,
        Key = parsed.GetValue(_key)?.FullName,
    };

    private static Option<FileInfo> File(string name, string description) =>
        new Option<FileInfo>(name) { Description = description }.AcceptExistingOnly();
}
