namespace Engine.Runtimes.CopyPaste;

/// <summary>The real pictures that objects are pasted on. Safe from several threads.</summary>
internal interface IBackgrounds
{
    /// <summary>Pictures, at least 1.</summary>
    int Count { get; }

    /// <summary>How large real objects are.</summary>
    SizeStatistics Sizes { get; }

    /// <summary>A category's number: the data set's, or one after those for a category of the plan.</summary>
    /// <param name="category">The name.</param>
    /// <returns>Null where neither the data set nor the plan has it.</returns>
    long? IdOf(string category);

    /// <summary>Reads a picture.</summary>
    /// <param name="place">0 to <see cref="Count"/> - 1.</param>
    /// <param name="stopping">Ends the read.</param>
    /// <returns>The picture; null when its file is damaged, gone, or of another size than the data set says.</returns>
    ValueTask<Background?> ReadAsync(int place, CancellationToken stopping);
}
