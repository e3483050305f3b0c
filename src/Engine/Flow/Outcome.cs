namespace Engine.Flow;

/// <summary>What a step says of one item: kept with a value, or dropped with a reason.</summary>
/// <remarks>A drop is data, not an error: it is counted by reason and the line goes on.</remarks>
/// <typeparam name="T">The item's type after the step.</typeparam>
public readonly record struct Outcome<T>
{
    private Outcome(T? value, string? reason, string? detail) => (Value, DropReason, Detail) = (value, reason, detail);

    /// <summary>The item; meaningful only when <see cref="DropReason"/> is null.</summary>
    public T? Value { get; }

    /// <summary>Why the item was dropped, from a small fixed set; null when it was kept.</summary>
    public string? DropReason { get; }

    /// <summary>The measured value and the bound, for a person; never a metric tag. Null when kept.</summary>
    public string? Detail { get; }

    internal static Outcome<T> Kept(T value) => new(value, reason: null, detail: null);

    internal static Outcome<T> Dropped(string reason, string? detail) => new(default, reason, detail);
}

/// <summary>Makes outcomes: <c>Outcome.Keep(image)</c>, <c>Outcome.Drop&lt;Picture&gt;("blank")</c>.</summary>
public static class Outcome
{
    /// <summary>Keeps the item.</summary>
    /// <typeparam name="T">The item's type.</typeparam>
    /// <param name="value">The item that goes on to the next stage.</param>
    /// <returns>An outcome that carries <paramref name="value"/>.</returns>
    public static Outcome<T> Keep<T>(T value) => Outcome<T>.Kept(value);

    /// <summary>Drops the item.</summary>
    /// <typeparam name="T">The item's type.</typeparam>
    /// <param name="reason">Snake case, from a fixed set: it becomes a metric tag.</param>
    /// <param name="detail">The value and the bound, for a person; null when the reason says all.</param>
    /// <returns>An outcome that carries <paramref name="reason"/>.</returns>
    public static Outcome<T> Drop<T>(string reason, string? detail = null) => Outcome<T>.Dropped(reason, detail);
}
