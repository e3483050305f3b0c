namespace Engine.Index.Sources;

/// <summary>Finds the file of a picture below a folder.</summary>
internal static class ImageFiles
{
    /// <summary>Whether a name stays below the folder: relative, no part that leads up.</summary>
    public static bool IsInside(string name) =>
        !Path.IsPathRooted(name) && !name.Contains('\0', StringComparison.Ordinal)
        && !name.Split('/', '\\').Contains("..");

    /// <summary>The file: the name as given (train2017/1.jpg), or its last part alone (1.jpg).</summary>
    /// <param name="folder">The folder of the pictures.</param>
    /// <param name="name">A name that stays inside.</param>
    /// <returns>Its path; null when neither is there.</returns>
    public static string? Find(string folder, string name)
    {
        string asGiven = Path.Combine(folder, name);
        if (File.Exists(asGiven))
        {
            return asGiven;
        }

        string flat = Path.Combine(folder, Path.GetFileName(name));
        return File.Exists(flat) ? flat : null;
    }
}
