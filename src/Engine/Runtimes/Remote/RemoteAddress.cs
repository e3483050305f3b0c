using Engine.Options;

namespace Engine.Runtimes.Remote;

/// <summary>The address of a remote generator.</summary>
internal static class RemoteAddress
{
    /// <summary>What is wrong with an address; never shows one that may hold a password.</summary>
    public static IEnumerable<OptionProblem> Problems(string url)
    {
        const string Property = nameof(RemoteOptions.Url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            yield return new(Property, "must be an absolute http or https address such as http://127.0.0.1:7860");
        }
        else if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            yield return new(Property, "must have no user, password, query or fragment; give a secret as key");
        }
        else if (uri.AbsolutePath.TrimEnd('/').EndsWith("/v1", StringComparison.Ordinal))
        {
            yield return new(Property, $"is {Shown(uri)}; leave its last part out, the path of the API is added");
        }
    }

    /// <summary>Where an API's requests go.</summary>
    /// <param name="url">An address without <see cref="Problems"/>.</param>
    /// <param name="path">The API's path, without a first slash.</param>
    public static Uri Of(string url, string path)
    {
        Uri uri = new(url, UriKind.Absolute);
        return new Uri($"{Shown(uri).TrimEnd('/')}/{path}");
    }

    /// <summary>For messages and lineage: scheme, host, port and path, and nothing that may be secret.</summary>
    public static string Shown(Uri uri) => uri.GetComponents(
        UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}
