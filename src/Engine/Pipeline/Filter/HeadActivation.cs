namespace Engine.Pipeline.Filter;

/// <summary>What is done to a head's outputs before one is taken.</summary>
public enum HeadActivation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>1 / (1 + e^-x) of each.</summary>
    Sigmoid,

    /// <summary>e^x over the sum of all outputs' e^x.</summary>
    Softmax,
}
