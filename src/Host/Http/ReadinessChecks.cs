using System.Collections.Concurrent;

namespace Host.Http;

/// <summary>What must hold for the daemon to be ready; each check answers null or why not.</summary>
internal sealed class ReadinessChecks
{
    private readonly ConcurrentDictionary<string, Func<string?>> _checks = new(StringComparer.Ordinal);

    /// <summary>Adds a check.</summary>
    /// <param name="name">Snake case.</param>
    /// <param name="problem">Null when all is well, else one sentence; must be fast and safe to call at any
    /// time.</param>
    public void Add(string name, Func<string?> problem) => _checks[name] = problem;

    /// <summary>Runs every check.</summary>
    /// <returns>Check by name: null, or why it does not hold.</returns>
    public IReadOnlyDictionary<string, string?> Run() => new SortedDictionary<string, string?>(
        _checks.ToDictionary(check => check.Key, check => Ask(check.Value)), StringComparer.Ordinal);

    private static string? Ask(Func<string?> problem)
    {
        try
        {
            return problem();
        }
        catch (Exception cause) when (cause is ObjectDisposedException or InvalidOperationException)
        {
            return $"cannot be told: {cause.Message}"; // Asked while the daemon ends.
        }
    }
}
