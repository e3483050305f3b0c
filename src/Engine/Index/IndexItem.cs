using Engine.Items;

namespace Engine.Index;

/// <summary>One real picture of an object, or its embedding, on its way into an index.</summary>
/// <param name="Id">Which it is, unique in the source: what people are told when something is too like it.</param>
/// <param name="CategoryId">The source's number of its category.</param>
public sealed record IndexItem(string Id, long CategoryId)
{
    /// <summary>Makes the picture. Called at most once, on any thread; throws <see cref="InvalidDataException"/>,
    /// <see cref="IOException"/> or an image's own exception where there is none to be had. Null where there is a
    /// point instead.</summary>
    public Func<RgbImage>? Picture { get; init; }

    /// <summary>Why the source itself leaves it out; it is counted under this reason. Null where it does not.</summary>
    public string? PassedOver { get; init; }

    /// <summary>The embedding, [D] f32 of any length but 0, where it exists already.</summary>
    public float[]? Point { get; init; }
}
