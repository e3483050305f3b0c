using Engine.Items;

namespace Engine.Pipeline.Generate;

/// <summary>Watches one generator's outcomes and stops it when nearly all of a window failed.</summary>
/// <remarks>After the pause a few prompts are let through; when they fail as well the next pause begins. Safe from any
/// thread.</remarks>
/// <param name="name">The generator's name.</param>
/// <param name="options">Valid options.</param>
/// <param name="clock">Times the pause.</param>
internal sealed class GeneratorBreaker(string name, GenerateOptions options, TimeProvider clock)
{
    private const int TrialItems = 4;

    private readonly Lock _gate = new();
    private readonly Queue<string?> _window = new(); // Guarded by _gate: the reasons of failures, null for none.
    private int _failed; // Guarded by _gate.
    private bool _isTrial; // Guarded by _gate.
    private (DateTimeOffset Until, string Problem)? _stop; // Guarded by _gate.

    /// <summary>Whether a failure speaks against the generator and not against the prompt.</summary>
    /// <param name="reason">A reject reason, or null for a picture.</param>
    public static bool IsFailure(string? reason) => reason
        is RejectReason.GeneratorFailed or RejectReason.BadImage or RejectReason.Blank or RejectReason.NonFinite;

    /// <summary>For how much longer it is stopped; zero or less when prompts may be given to it.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_gate)
            {
                return _stop is { } stop ? stop.Until - clock.GetUtcNow() : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Why it is stopped, or null.</summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                return _stop?.Problem;
            }
        }
    }

    /// <summary>Counts one outcome.</summary>
    /// <param name="reason">The reject reason, or null for a picture.</param>
    /// <returns>True when this one stopped the generator.</returns>
    public bool Count(string? reason)
    {
        lock (_gate)
        {
            if (options.BreakerWindow == 0 || (reason is not null && !IsFailure(reason)))
            {
                return false;
            }

            if (_stop is { } stop)
            {
                if (stop.Until > clock.GetUtcNow())
                {
                    return false; // Was under way when it was stopped.
                }

                (_stop, _isTrial) = (null, true);
            }

            return Take(reason);
        }
    }

    private bool Take(string? reason)
    {
        _window.Enqueue(reason);
        _failed += reason is null ? 0 : 1;
        int wanted = _isTrial ? Math.Min(TrialItems, options.BreakerWindow) : options.BreakerWindow;
        if (_window.Count < wanted)
        {
            return false;
        }

        if (_failed > options.BreakerFailedMax * _window.Count)
        {
            string most = _window.OfType<string>().GroupBy(at => at).MaxBy(group => group.Count())!.Key;
            _stop = (
                clock.GetUtcNow() + options.BreakerPause,
                $"generator {name} is stopped: {_failed} of its last {_window.Count} pictures failed, most as {most}");
            _window.Clear();
            _failed = 0;
            return true;
        }

        _isTrial = false;
        while (_window.Count >= options.BreakerWindow)
        {
            _failed -= _window.Dequeue() is null ? 0 : 1;
        }

        return false;
    }
}
