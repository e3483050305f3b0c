namespace Engine.Index;

/// <summary>A row of a build's log.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CategoryId">The source's number of its category.</param>
/// <param name="ValuesAt">Where its values are in the log.</param>
internal readonly record struct LoggedRow(string Id, long CategoryId, long ValuesAt);
