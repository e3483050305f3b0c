using System.Text.RegularExpressions;

namespace Host.Configuration;

/// <summary>Where each key of a file stands.</summary>
internal sealed partial class ConfigPlaces
{
    private readonly Dictionary<string, ConfigPlace> _places = new(StringComparer.Ordinal);

    /// <summary>Remembers a key.</summary>
    /// <param name="key">Its path, such as <c>plan.categories[3].weight</c>.</param>
    /// <param name="at">Where its value starts.</param>
    public void Add(string key, ConfigPlace at) => _places[key] = at;

    /// <summary>Finds a key, or else the nearest section around it that the file holds.</summary>
    /// <param name="key">A path, of a key that the file need not hold.</param>
    public ConfigPlace Find(string key)
    {
        string at = key;
        while (at.Length > 0)
        {
            if (_places.TryGetValue(at, out ConfigPlace place))
            {
                return place;
            }

            at = LastStep().Replace(at, "");
        }

        return ConfigPlace.Start;
    }

    /// <summary>The last name or index of a path, with the dot before it.</summary>
    [GeneratedRegex(@"(\[\d+\]|(^|\.)[^.\[]*)$")]
    private static partial Regex LastStep();
}
