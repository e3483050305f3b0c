namespace Engine.Index.Sources;

/// <summary>The annotations of each image side by side: a counting sort by image, on disk.</summary>
internal sealed class CocoOrder : IDisposable
{
    private readonly EntryFile _sorted;
    private readonly long[] _ends; // [images] one past the last entry of an image

    private CocoOrder(EntryFile sorted, long[] ends) => (_sorted, _ends) = (sorted, ends);

    /// <summary>Annotations that name an image and a category that are there.</summary>
    public long Count => _ends.Length == 0 ? 0 : _ends[^1];

    /// <summary>Sorts the annotations, counts those of each category, and reports those that point nowhere.</summary>
    /// <param name="entries">All, in the json's order.</param>
    /// <param name="tables">The images and categories; receives the counts.</param>
    /// <param name="scratchFolder">Where the sorted file goes; null is the system's folder.</param>
    /// <param name="problems">Receives what points nowhere.</param>
    public static CocoOrder Of(EntryFile entries, CocoTables tables, string? scratchFolder, SourceProblems problems)
    {
        long[] ends = new long[tables.Images.Count];
        long[] ofCategory = new long[tables.Categories.Count];
        foreach (AnnotationEntry entry in entries.All())
        {
            (int image, int category) = (tables.ImagePlace(entry.Image), tables.CategoryPlace(entry.Category));
            if (image < 0)
            {
                problems.Add(
                    SourceFault.UnknownImage, $"annotations[{entry.Index}].image_id", $"no image {entry.Image}");
            }
            else if (category < 0)
            {
                problems.Add(
                    SourceFault.UnknownCategory,
                    $"annotations[{entry.Index}].category_id",
                    $"no category {entry.Category}");
            }
            else
            {
                ends[image]++;
                ofCategory[category]++;
            }
        }

        for (int i = 0; i < ofCategory.Length; i++)
        {
            tables.Categories[i] = tables.Categories[i] with { Instances = ofCategory[i] };
        }

        EntryFile sorted = new(scratchFolder);
        Place(entries, tables, ends, sorted);
        return new CocoOrder(sorted, ends);
    }

    /// <summary>The annotations of one image, in the json's order.</summary>
    /// <param name="image">The image's place in the list.</param>
    public AnnotationEntry[] Of(int image)
    {
        long first = image == 0 ? 0 : _ends[image - 1];
        AnnotationEntry[] entries = new AnnotationEntry[_ends[image] - first];
        _sorted.Read(first, entries);
        return entries;
    }

    /// <inheritdoc/>
    public void Dispose() => _sorted.Dispose();

    private static void Place(EntryFile entries, CocoTables tables, long[] ends, EntryFile sorted)
    {
        long before = 0;
        for (int i = 0; i < ends.Length; i++)
        {
            (ends[i], before) = (before, before + ends[i]); // from here on the next free place, which ends as the end
        }

        foreach (AnnotationEntry entry in entries.All())
        {
            int image = tables.ImagePlace(entry.Image);
            if (image >= 0 && tables.CategoryPlace(entry.Category) is >= 0 and int category)
            {
                sorted.Put(ends[image]++, entry with { Image = image, Category = category });
            }
        }
    }
}
