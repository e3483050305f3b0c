using System.Globalization;

namespace Engine.Store;

/// <summary>A shard's number and its file name: 7 is <c>shard-000007.tar</c>.</summary>
internal static class ShardName
{
    public const string Pattern = "shard-*.tar";

    private const string Prefix = "shard-";
    private const string Ending = ".tar";

    public static string Of(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D6}{Ending}");

    public static string PathOf(string directory, int number) => Path.Combine(directory, Of(number));

    /// <summary>The number in a file name; null when the name is not exactly one that <see cref="Of"/> makes.</summary>
    public static int? NumberOf(string fileName)
    {
        bool shaped = fileName.Length > Prefix.Length + Ending.Length
            && fileName.StartsWith(Prefix, StringComparison.Ordinal)
            && fileName.EndsWith(Ending, StringComparison.Ordinal);
        return shaped
            && int.TryParse(
                fileName.AsSpan(Prefix.Length, fileName.Length - Prefix.Length - Ending.Length),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out int number)
            && Of(number) == fileName
                ? number
                : null;
    }
}
