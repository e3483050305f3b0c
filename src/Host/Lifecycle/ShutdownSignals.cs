using System.Runtime.InteropServices;

namespace Host.Lifecycle;

/// <summary>SIGTERM and SIGINT: the first asks for a drain, the second ends the process at once.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly CancellationTokenSource _drain = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _say;
    private readonly Action _exit;
    private int _seen; // Changed through Interlocked.

    /// <summary>Makes the two steps without listening to the process' signals.</summary>
    /// <param name="say">Prints one line.</param>
    /// <param name="exit">Ends the process at once.</param>
    public ShutdownSignals(Action<string> say, Action exit) => (_say, _exit) = (say, exit);

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Drain => _drain.Token;

    /// <summary>Listens to the process' signals; a second one exits with <see cref="ExitCode.Killed"/>.</summary>
    /// <param name="say">Prints one line.</param>
    public static ShutdownSignals Listen(Action<string> say)
    {
        ShutdownSignals signals = new(say, () => Environment.Exit((int)ExitCode.Killed));
        foreach (PosixSignal signal in new[] { PosixSignal.SIGTERM, PosixSignal.SIGINT })
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                signals.Receive($"{context.Signal}");
            }));
        }

        return signals;
    }

    /// <summary>Takes one signal.</summary>
    /// <param name="name">Its name, for the log.</param>
    public void Receive(string name)
    {
        if (Interlocked.Increment(ref _seen) == 1)
        {
            _say($"{name}: draining; no more prompts are taken. A second signal ends at once.");
            _drain.Cancel();
        }
        else
        {
            _say($"{name} again: ending at once; what was accepted is stored.");
            _exit();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _drain.Dispose();
    }
}
