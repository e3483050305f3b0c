namespace Engine.Pipeline.Deliver;

/// <summary>The hub says no to a consumer. Only that consumer is concerned.</summary>
/// <param name="refusal">Why.</param>
/// <param name="message">The value and the bound, for the consumer's operator.</param>
public sealed class DeliverRefusedException(DeliverRefusal refusal, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public DeliverRefusal Refusal => refusal;
}
