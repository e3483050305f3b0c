using Engine.Items;

namespace Engine.Index;

/// <summary>One real picture of an object, on its way into an index.</summary>
/// <param name="Id">Which it is, unique in the source: what people are told when something is too like it.</param>
/// <param name="CategoryId">The source's number of its category.</param>
/// <param name="Picture">Makes the picture. Called at most once, on any thread; throws
/// <see cref="InvalidDataException"/>, <see cref="IOException"/> or an image's own exception where there is none to be had.</param>
public sealed record IndexItem(string Id, long CategoryId, Func<RgbImage> Picture);
