namespace Host.Configuration;

/// <summary>Where the recipe for generated pictures comes from.</summary>
internal enum EmbedderRecipe
{
    /// <summary>The configuration states it.</summary>
    Explicit,

    /// <summary>As the index's pictures were prepared, which stands in the index.</summary>
    Index,

    /// <summary>As DiverGen: the whole picture, black outside the object, whatever the index's pictures had.</summary>
    Divergen,
}
