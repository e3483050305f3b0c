using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Host.Bench;

/// <summary>Runs the scripts of <c>bench/peers</c>, which time what others made for the same work.</summary>
/// <param name="folder">The folder of the scripts.</param>
internal sealed class KernelPeers(string folder)
{
    /// <summary>Python with the packages of the distribution; a user's own Python rarely has them.</summary>
    public const string Interpreter = "/usr/bin/python3";

    /// <summary>Runs a script.</summary>
    /// <param name="script">Its file name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="coreType">OpenBLAS's kernels; empty for its own choice.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>Seconds by the first number of each line; empty where it could not run.</returns>
    public async Task<IReadOnlyDictionary<int, double>> RunAsync(
        string script, IEnumerable<string> arguments, string coreType, CancellationToken stopping)
    {
        ProcessStartInfo start = new(Interpreter, [Path.Combine(folder, script), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        if (coreType.Length > 0)
        {
            start.Environment["OPENBLAS_CORETYPE"] = coreType;
        }

        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(stopping);
            string output = await process.StandardOutput.ReadToEndAsync(stopping).ConfigureAwait(false);
            await process.WaitForExitAsync(stopping).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                string reason = (await errors.ConfigureAwait(false)).TrimEnd().Split('\n')[^1];
                await Console.Out.WriteLineAsync($"{script} did not run: {reason}").ConfigureAwait(false);
                return new Dictionary<int, double>();
            }

            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(' ')).ToDictionary(
                fields => int.Parse(fields[0], CultureInfo.InvariantCulture),
                fields => double.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (Win32Exception cause)
        {
            await Console.Out.WriteLineAsync($"{script} did not run: {cause.Message}").ConfigureAwait(false);
            return new Dictionary<int, double>();
        }
    }

    /// <summary>FAISS's exact search; the best of OpenBLAS's kernels for each batch.</summary>
    /// <param name="rows">N.</param>
    /// <param name="width">D.</param>
    /// <param name="neighbours">k.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="repeats">Times whose median counts.</param>
    /// <param name="batches">B.</param>
    /// <param name="stopping">Ends it.</param>
    public async Task<IReadOnlyDictionary<int, double>> FaissAsync(
        int rows, int width, int neighbours, int threads, int repeats, IEnumerable<int> batches,
        CancellationToken stopping)
    {
        Dictionary<int, double> best = [];
        string[] arguments = [.. Words([rows, width, neighbours, threads, repeats, .. batches])];
        foreach (string coreType in new[] { "", "Haswell", "Zen", "SkylakeX" })
        {
            foreach ((int batch, double seconds) in
                await RunAsync("faiss_flat.py", arguments, coreType, stopping).ConfigureAwait(false))
            {
                best[batch] = Math.Min(seconds, best.GetValueOrDefault(batch, double.MaxValue));
            }

            if (best.Count == 0)
            {
                break; // It is not there, whatever the kernels.
            }
        }

        return best;
    }

    /// <summary>torch.matmul and topk on an NVIDIA GPU.</summary>
    /// <param name="rows">N.</param>
    /// <param name="width">D.</param>
    /// <param name="neighbours">k.</param>
    /// <param name="repeats">Times whose median counts.</param>
    /// <param name="batches">B.</param>
    /// <param name="stopping">Ends it.</param>
    public Task<IReadOnlyDictionary<int, double>> TorchAsync(
        int rows, int width, int neighbours, int repeats, IEnumerable<int> batches, CancellationToken stopping) =>
        RunAsync("torch_topk.py", Words([rows, width, neighbours, repeats, .. batches]), "", stopping);

    /// <summary>OpenCV's resize, threshold and connected components.</summary>
    /// <param name="logits">The file of logits.</param>
    /// <param name="pictures">B.</param>
    /// <param name="side">Columns and rows of the logits.</param>
    /// <param name="targetSide">Columns and rows of the masks.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="repeats">Times whose median counts.</param>
    /// <param name="stopping">Ends it.</param>
    public Task<IReadOnlyDictionary<int, double>> OpenCvAsync(
        string logits, int pictures, int side, int targetSide, int threads, int repeats, CancellationToken stopping) =>
        RunAsync(
            "opencv_masks.py",
            [logits, .. Words([pictures, side, side, targetSide, targetSide, threads, repeats])], "", stopping);

    private static IEnumerable<string> Words(IEnumerable<int> numbers) =>
        numbers.Select(number => number.ToString(CultureInfo.InvariantCulture));
}
