using Host.Lifecycle;

namespace Host.Commands;

/// <summary>Runs a command that reads files: what a person can mend is one line and an exit code.</summary>
internal static class Reading
{
    /// <summary>Runs it.</summary>
    /// <param name="name">The command's name, for the line.</param>
    /// <param name="work">What it does.</param>
    /// <returns>Its exit code, or that of what it met.</returns>
    public static int Run(string name, Func<ExitCode> work) =>
        RunAsync(name, () => Task.FromResult(work())).GetAwaiter().GetResult();

    /// <summary>Runs it.</summary>
    /// <param name="name">The command's name, for the line.</param>
    /// <param name="work">What it does.</param>
    /// <returns>Its exit code, or that of what it met.</returns>
    public static async Task<int> RunAsync(string name, Func<Task<ExitCode>> work)
    {
        try
        {
            return (int)await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return (int)ExitCode.Killed;
        }
        catch (Exception cause) when (Failures.CodeOf(cause) is not null)
        {
            await Console.Error.WriteLineAsync($"headwater {name}: {cause.Message.ReplaceLineEndings(" ")}")
                .ConfigureAwait(false);
            return (int)Failures.CodeOf(cause)!.Value;
        }
    }
}
