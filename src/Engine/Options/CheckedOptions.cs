namespace Engine.Options;

/// <summary>Refuses options that nobody checked before.</summary>
public static class CheckedOptions
{
    /// <summary>Throws when the options have a problem; the message lists all of them.</summary>
    /// <param name="options">The options.</param>
    /// <param name="parameter">The caller's name for them.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public static void ThrowOnProblem(ICheckedOptions options, string parameter)
    {
        ArgumentNullException.ThrowIfNull(options, parameter);
        string[] problems = [.. options.Problems().Select(problem => $"{problem.Property} {problem.Message}.")];
        if (problems.Length > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, problems), parameter);
        }
    }
}
