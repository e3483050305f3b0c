namespace Engine.Options;

/// <summary>One wrong value of an options record.</summary>
/// <param name="Property">The C# property's name; the configuration reader finds the file's line by it.</param>
/// <param name="Message">The value and the bound in one sentence, such as "is 0; it must be 1 to 65536 items".</param>
public readonly record struct OptionProblem(string Property, string Message);
