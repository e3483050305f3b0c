namespace Engine.Index.Sources;

/// <summary>Images and categories of a json by their numbers; the first of two with one number stays.</summary>
internal sealed class CocoTables
{
    private readonly Dictionary<long, int> _imagePlaces = [];
    private readonly Dictionary<long, int> _categoryPlaces = [];

    /// <summary>Images in the json's order.</summary>
    public List<RealImage> Images { get; } = [];

    /// <summary>Categories in the json's order; their counts are set once all annotations were seen.</summary>
    public List<RealCategory> Categories { get; } = [];

    /// <summary>Adds an image unless its number is taken.</summary>
    public bool TryAdd(RealImage image)
    {
        bool isNew = _imagePlaces.TryAdd(image.Id, Images.Count);
        if (isNew)
        {
            Images.Add(image);
        }

        return isNew;
    }

    /// <summary>Adds a category unless its number is taken.</summary>
    public bool TryAdd(RealCategory category)
    {
        bool isNew = _categoryPlaces.TryAdd(category.Id, Categories.Count);
        if (isNew)
        {
            Categories.Add(category);
        }

        return isNew;
    }

    /// <summary>An image's place in the list; -1 when its number is not there.</summary>
    public int ImagePlace(long id) => _imagePlaces.TryGetValue(id, out int place) ? place : -1;

    /// <summary>A category's place in the list; -1 when its number is not there.</summary>
    public int CategoryPlace(long id) => _categoryPlaces.TryGetValue(id, out int place) ? place : -1;
}
