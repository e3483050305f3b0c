using System.Diagnostics;
using Engine.Options;
using Microsoft.ML.OnnxRuntime;

namespace Engine.Runtimes.Onnx;

/// <summary>One loaded model: its declared inputs and outputs, and runs of it, a bounded number at a time.</summary>
/// <remarks>Safe to call from several threads at once. Dispose it when no run is in progress.</remarks>
public sealed partial class OnnxModel : IDisposable
{
    // ONNX Runtime has no code for it; these are its words (CPU arena, CUDA arena, CUDA, cuDNN and cuBLAS).
    private static readonly string[] OutOfMemoryWords =
        ["Failed to allocate memory", "out of memory", "bad_alloc", "ALLOC_FAILED", "not enough memory"];

    private readonly InferenceSession _session;
    private readonly SemaphoreSlim _room;

    private OnnxModel(
        string path, string role, InferenceSession session, OnnxProvider provider, IReadOnlyList<string> passedOver,
        int runsMax)
    {
        (Path, Role, Provider, PassedOver) = (path, role, provider, passedOver);
        _session = session;
        _room = new SemaphoreSlim(runsMax, runsMax);
        _tags = [new("role", role), new("provider", $"{provider}")];
        InputNames = session.InputNames;
        OutputNames = session.OutputNames;
        Inputs = Describe(session.InputMetadata);
        Outputs = Describe(session.OutputMetadata);
    }

    /// <summary>The model file.</summary>
    public string Path { get; }

    /// <summary>What the model is used for, for messages and metrics.</summary>
    public string Role { get; }

    /// <summary>The provider that computes it.</summary>
    public OnnxProvider Provider { get; }

    /// <summary>One line for each preferred provider that did not load, for the log.</summary>
    public IReadOnlyList<string> PassedOver { get; }

    /// <summary>Names of the inputs, in the model's order.</summary>
    public IReadOnlyList<string> InputNames { get; }

    /// <summary>Names of the outputs, in the model's order.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Inputs by name.</summary>
    public IReadOnlyDictionary<string, OnnxTensor> Inputs { get; }

    /// <summary>Outputs by name.</summary>
    public IReadOnlyDictionary<string, OnnxTensor> Outputs { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="path">The .onnx or .ort file; weights beside it are found by relative name.</param>
    /// <param name="options">Threads, providers and bounds.</param>
    /// <param name="role">Its use, from a small fixed set, such as <c>sam_encoder</c>: a metric tag.</param>
    /// <returns>The model; the caller disposes it.</returns>
    /// <exception cref="ModelException">Missing, Unreadable or NoProvider.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static OnnxModel Load(string path, OnnxOptions options, string role)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(role);
        CheckedOptions.ThrowOnProblem(options, nameof(options));
        var (session, provider, passedOver) = OnnxSessions.Open(path, options, role);
        return new OnnxModel(path, role, session, provider, passedOver, options.RunsMax);
    }

    /// <summary>Checks that the model has the inputs and outputs of its role; it may have more outputs.</summary>
    /// <param name="inputs">Names the caller will feed.</param>
    /// <param name="outputs">Names the caller will read.</param>
    /// <exception cref="ModelException">WrongRole: lists what is missing, expected and found.</exception>
    public void Require(IReadOnlyCollection<string> inputs, IReadOnlyCollection<string> outputs)
    {
        string[] missing =
        [
            .. inputs.Where(name => !Inputs.ContainsKey(name)).Select(name => "input " + name),
            .. outputs.Where(name => !Outputs.ContainsKey(name)).Select(name => "output " + name),
        ];
        if (missing.Length > 0)
        {
            throw WrongRole($"{string.Join(", ", missing)} missing; expected inputs {string.Join(", ", inputs)} "
                + $"and outputs {string.Join(", ", outputs)}");
        }
    }

    /// <summary>Makes the exception for a model that does not fit its role; the caller throws it.</summary>
    /// <param name="problem">What was expected and is not so.</param>
    /// <returns>WrongRole, with the problem and the inputs and outputs that the model has.</returns>
    public ModelException WrongRole(string problem) => new(
        ModelFault.WrongRole,
        $"The model {Path} does not fit the role {Role}: {problem}. It has inputs {string.Join(", ", Inputs.Values)} "
            + $"and outputs {string.Join(", ", Outputs.Values)}.");

    /// <summary>Runs the model once, after waiting for room. The run itself is on the calling thread.</summary>
    /// <param name="inputs">A value an input; still owned by the caller.</param>
    /// <param name="outputs">Names of the outputs wanted.</param>
    /// <param name="stopping">Ends the wait, and the run between two of its nodes.</param>
    /// <returns>The outputs in the order of <paramref name="outputs"/>; the caller disposes the collection.</returns>
    /// <exception cref="ModelException">OutOfMemory or RunFailed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled.</exception>
    public async ValueTask<IDisposableReadOnlyCollection<OrtValue>> RunAsync(
        IReadOnlyDictionary<string, OrtValue> inputs, IReadOnlyList<string> outputs, CancellationToken stopping)
    {
        await _room.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            return Guarded(run => _session.Run(run, inputs, outputs), stopping);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>Makes a place for inputs and outputs that stay from run to run.</summary>
    /// <returns>An empty binding of this model; the caller disposes it before the model.</returns>
    public OrtIoBinding NewBinding() => _session.CreateIoBinding();

    /// <summary>Binds an input, which copies it to the device: one that changed must be bound again.</summary>
    /// <param name="binding">From <see cref="NewBinding"/>.</param>
    /// <param name="name">The input's name.</param>
    /// <param name="value">Its value; still owned by the caller, who keeps it until after the run.</param>
    /// <exception cref="ModelException">OutOfMemory or RunFailed.</exception>
    public void BindInput(OrtIoBinding binding, string name, OrtValue value)
    {
        ArgumentNullException.ThrowIfNull(binding);
        try
        {
            binding.BindInput(name, value);
        }
        catch (OnnxRuntimeException cause)
        {
            throw Failed(cause);
        }
    }

    /// <summary>Runs the model once on what is bound, after waiting for room.</summary>
    /// <param name="binding">From <see cref="NewBinding"/>, with every input and the wanted outputs bound.</param>
    /// <param name="stopping">Ends the wait, and the run between two of its nodes.</param>
    /// <exception cref="ModelException">OutOfMemory or RunFailed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled.</exception>
    public async ValueTask RunAsync(OrtIoBinding binding, CancellationToken stopping)
    {
        await _room.WaitAsync(stopping).ConfigureAwait(false);
        try
        {
            Guarded(
                run =>
                {
                    _session.RunWithBinding(run, binding);
                    binding.SynchronizeBoundOutputs();
                    return true;
                },
                stopping);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _room.Dispose();
    }

    /// <summary>Times a run, lets it be stopped and gives its faults their kind.</summary>
    private T Guarded<T>(Func<RunOptions, T> body, CancellationToken stopping)
    {
        using RunOptions run = new();
        using CancellationTokenRegistration stop = stopping.Register(() => run.Terminate = true);
        long started = Stopwatch.GetTimestamp();
        try
        {
            return body(run);
        }
        catch (OnnxRuntimeException) when (stopping.IsCancellationRequested)
        {
            throw new OperationCanceledException(stopping);
        }
        catch (OnnxRuntimeException cause)
        {
            throw Failed(cause);
        }
        finally
        {
            RunSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, _tags);
        }
    }

    private ModelException Failed(OnnxRuntimeException cause) => new(
        IsOutOfMemory(cause) ? ModelFault.OutOfMemory : ModelFault.RunFailed,
        $"The {Role} model {Path} failed in a run: {OnnxSessions.FirstLine(cause)}",
        cause);

    private static bool IsOutOfMemory(OnnxRuntimeException cause) =>
        OutOfMemoryWords.Any(word => cause.Message.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static Dictionary<string, OnnxTensor> Describe(IReadOnlyDictionary<string, NodeMetadata> tensors) =>
        tensors.ToDictionary(pair => pair.Key, pair => OnnxTensor.From(pair.Key, pair.Value), StringComparer.Ordinal);
}
