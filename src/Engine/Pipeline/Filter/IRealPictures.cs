namespace Engine.Pipeline.Filter;

/// <summary>The real pictures that objects are compared with. Safe to call from several workers at once.</summary>
public interface IRealPictures : IDisposable
{
    /// <summary>The mean cosine of a point to all pictures of a category.</summary>
    /// <param name="category">The category's name.</param>
    /// <param name="point">[D] f32, L2 length 1.</param>
    /// <returns>-1 to 1; null where the category has no picture.</returns>
    /// <exception cref="InvalidDataException">The point is of another width.</exception>
    double? Mean(string category, ReadOnlySpan<float> point);

    /// <summary>The pictures with the largest cosines.</summary>
    /// <param name="category">The category's name; null for all.</param>
    /// <param name="point">[D] f32, L2 length 1.</param>
    /// <param name="count">How many, 1 to 64.</param>
    /// <returns>The nearest first; fewer where there are not so many, none where the category has no picture.</returns>
    /// <exception cref="InvalidDataException">The point is of another width.</exception>
    IReadOnlyList<RealNeighbour> Nearest(string? category, ReadOnlySpan<float> point, int count);

    /// <summary>Whether a category has pictures.</summary>
    /// <param name="category">Its name.</param>
    bool Has(string category);

    /// <summary>The cosine to the mean picture of the category, and to the nearest mean picture of another one.
    /// </summary>
    /// <param name="category">The category's name; it may have no picture.</param>
    /// <param name="point">[D] f32, L2 length 1.</param>
    /// <exception cref="InvalidDataException">The point is of another width.</exception>
    RealMargin Margin(string category, ReadOnlySpan<float> point);

    /// <summary>The threshold of a category's mean cosine for a share of real pictures that may be rejected.</summary>
    /// <param name="rejectShare">The share, above 0 and below 0.5.</param>
    /// <returns>The threshold by category's name.</returns>
    /// <exception cref="InvalidDataException">The pictures do not allow it: say a threshold.</exception>
    Func<string, RealThreshold> Thresholds(double rejectShare);

    /// <summary>The largest cosine to a known category's mean picture that a picture of a category without real
    /// pictures may have.</summary>
    /// <param name="rejectShare">Share of pictures of unknown categories that may be rejected; above 0, below 1.
    /// </param>
    /// <exception cref="InvalidDataException">The pictures do not allow it.</exception>
    double KnownBound(double rejectShare);
}
