using Engine.Items;

namespace Engine.Pipeline.Filter;

/// <summary>The thresholds that a configuration states by category.</summary>
public static class StatedThresholds
{
    /// <summary>The categories named that have no real picture: a threshold for them would never be asked.</summary>
    /// <param name="options">How real pictures are compared with.</param>
    /// <param name="has">Whether a category has pictures.</param>
    public static IEnumerable<string> Unknown(RealOptions options, Func<string, bool> has)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.Thresholds.Keys.Where(name => !has(name));
    }

    internal static Dictionary<string, double> Of(FilterOptions options, IRealPictures pictures)
    {
        string[] unknown = [.. Unknown(options.Real!, pictures.Has)];
        if (unknown.Length > 0)
        {
            throw new InvalidDataException(
                $"Filter '{options.Name}' states thresholds of categories that the index has not: "
                + $"{string.Join(", ", unknown.Take(10).Select(name => $"'{name}'"))}"
                + (unknown.Length > 10 ? $" and {unknown.Length - 10} more." : "."));
        }

        Dictionary<string, double> stated = [];
        foreach ((string name, double threshold) in options.Real!.Thresholds)
        {
            if (!stated.TryAdd(CategoryName.Key(name), threshold))
            {
                throw new InvalidDataException($"Filter '{options.Name}' states two thresholds of '{name}'.");
            }
        }

        return stated;
    }
}
