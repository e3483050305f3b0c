namespace Engine.Options;

/// <summary>An immutable options record that lists every problem it has, so that one start shows them all.</summary>
public interface ICheckedOptions
{
    /// <summary>Checks ranges and combinations; reads no file and starts nothing.</summary>
    /// <returns>One problem a wrong value: property, value given, values allowed. Empty when valid.</returns>
    IEnumerable<OptionProblem> Problems();
}
