using System.Globalization;
using Host.Lifecycle;
using Host.Transport;

namespace Host.Commands;

/// <summary>The loop of <c>headwater consume</c>: receive, write, print, acknowledge.</summary>
/// <param name="options">Where from, and as whom.</param>
/// <param name="demand">What to ask for, by category; null to ask for nothing.</param>
/// <param name="count">Stop after so many; null for never.</param>
/// <param name="files">Writes the samples' files; null when they are only looked at.</param>
/// <param name="lines">Prints a line a sample.</param>
/// <param name="error">For the one message of a failure.</param>
internal sealed class Consumer(
    WireClientOptions options, IReadOnlyDictionary<string, double>? demand, int? count, SampleFiles? files,
    SampleLines lines, TextWriter error)
{
    /// <summary>Runs until the count is reached, the plan has ended, the command is stopped, or the daemon says no for
    /// good.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        try
        {
            await using WireClient client = new(options, TimeProvider.System)
            {
                Retrying = (cause, pause) => error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{cause.Message}; next try in {pause.TotalSeconds:F1} s")),
            };
            if (demand is not null)
            {
                await client.DemandAsync(demand, stopping).ConfigureAwait(false);
            }

            int received = 0;
            await foreach (SampleFrame sample in client.ReadAllAsync(stopping).ConfigureAwait(false))
            {
                if (files is not null)
                {
                    await files.WriteAsync(sample, stopping).ConfigureAwait(false);
                }

                await lines.WriteAsync(sample).ConfigureAwait(false);
                await client.AckAsync(sample.Position, stopping).ConfigureAwait(false);
                if (++received == count)
                {
                    break;
                }
            }

            return (int)ExitCode.Ok;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return (int)ExitCode.Ok; // Stopped by its user; what was printed is acknowledged.
        }
        catch (WireClosedException refused)
        {
            await error.WriteLineAsync(refused.Message).ConfigureAwait(false);
            return (int)ExitCode.Unavailable;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException
            or InvalidDataException)
        {
            await error.WriteLineAsync(failed.Message).ConfigureAwait(false);
            return (int)ExitCode.Fault;
        }
    }
}
