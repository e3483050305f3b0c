namespace Engine.Index.Sources;

/// <summary>What the next element of an array was.</summary>
internal enum JsonNext
{
    /// <summary>An element, read by the step.</summary>
    Element,

    /// <summary>The array's end.</summary>
    End,

    /// <summary>An element larger than is read of one; it was passed over.</summary>
    TooLarge,
}
