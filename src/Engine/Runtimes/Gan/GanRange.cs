namespace Engine.Runtimes.Gan;

/// <summary>The values a model gives for black and white.</summary>
public enum GanRange
{
    /// <summary>-1 is black and 1 is white, as after a tanh.</summary>
    MinusOneToOne,

    /// <summary>0 is black and 1 is white.</summary>
    ZeroToOne,
}
