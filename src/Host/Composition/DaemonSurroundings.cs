using Microsoft.Extensions.Logging;

namespace Host.Composition;

/// <summary>What a daemon needs of the process it runs in.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Logs">Where the sockets report connections.</param>
/// <param name="Say">Prints one line for a person.</param>
/// <param name="Draining">Cancelled when the daemon is to finish and end.</param>
internal sealed record DaemonSurroundings(
    TimeProvider Clock, ILoggerFactory Logs, Action<string> Say, CancellationToken Draining);
