namespace Engine.Items;

/// <summary>When two spellings of a category's name mean the same.</summary>
public static class CategoryName
{
    /// <summary>What equal names share: small letters, and spaces for underscores and slashes, which stand for them in
    /// the names of data sets and folders.</summary>
    /// <param name="name">A name.</param>
    /// <returns>Its key.</returns>
    public static string Key(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Replace('_', ' ').Replace('/', ' ').ToLowerInvariant();
    }
}
