namespace Host.Configuration;

/// <summary>A single value, before it is known what it should be.</summary>
/// <param name="At">Where it starts.</param>
/// <param name="Value">The text, without quotes.</param>
/// <param name="IsPlain">Whether it stands without quotes.</param>
internal sealed record ConfigText(ConfigPlace At, string Value, bool IsPlain) : ConfigNode(At)
{
    /// <summary>Whether it says that there is no value: nothing, <c>~</c> or <c>null</c>, without quotes.</summary>
    public bool IsNull => IsPlain && Value is ("" or "~" or "null");
}
