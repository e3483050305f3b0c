using Engine.Flow;
using Engine.Items;
using Engine.Pipeline;
using Engine.Pipeline.Annotate;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Filter;
using Engine.Pipeline.Generate;
using Engine.Pipeline.Prompts;
using Engine.Pipeline.Record;
using Engine.Store;
using Host.Configuration;
using Host.Http;
using Host.Metrics;
using Host.Tls;
using Host.Transport;

namespace Host.Composition;

/// <summary>A running daemon: models, store, planner, line, sockets and HTTP, started and ended in order.</summary>
/// <remarks>
/// Start: (1) models, (2) store with recovery, and what filters remember of it, (3) planner from plan, files and
/// ledger, (4) consumer groups, (5) sockets, (6) line, (7) HTTP. The end goes the other way; what was accepted is
/// durable at any point of it.
/// </remarks>
internal sealed partial class Daemon : IAsyncDisposable
{
    private readonly HeadwaterConfig _config;
    private readonly DaemonSurroundings _around;
    private readonly CancellationTokenSource _stop = new();
    private readonly PrometheusExporter _metrics = new();
    private Runtimes? _runtimes;
    private SampleStore? _store;
    private DeliveryHub? _hub;
    private PictureDelivery? _pictures;
    private WireListener? _wire;
    private HttpServer? _http;
    private Line? _line;
    private PromptPlanner? _planner;
    private GenerateStep? _generate;

    private Daemon(HeadwaterConfig config, DaemonSurroundings around) => (_config, _around) = (config, around);

    /// <summary>Where samples are served, with the ports that were taken.</summary>
    public IReadOnlyList<WireAddress> Addresses => _wire!.Addresses;

    /// <summary>Where composed pictures are served; empty where none are made.</summary>
    public IReadOnlyList<WireAddress> PictureAddresses => _pictures?.Wire!.Addresses ?? [];

    /// <summary>Where HTTP is served, with the port that was taken.</summary>
    public string HttpAddress => _http!.Address;

    /// <summary>The stages now.</summary>
    public IReadOnlyList<StageSnapshot> Stages => _line!.Snapshot();

    /// <summary>The plan now.</summary>
    public PlanProgress Plan => _planner!.Progress();

    /// <summary>The consumer groups now: of samples, then of composed pictures where any are made.</summary>
    public IReadOnlyList<DeliverSnapshot> Deliveries =>
        _pictures is null ? [_hub!.Snapshot()] : [_hub!.Snapshot(), _pictures.Snapshot()];

    /// <summary>Accepted samples in the store.</summary>
    public long LastSequence => _store!.LastSequence;

    /// <summary>Starts everything; what throws has been taken down again.</summary>
    /// <param name="config">A configuration without problems.</param>
    /// <param name="around">Clock, log and the drain's token.</param>
    public static async Task<Daemon> StartAsync(HeadwaterConfig config, DaemonSurroundings around)
    {
        Daemon daemon = new(config, around);
        try
        {
            await daemon.StartAsync().ConfigureAwait(false);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await DisposeAsync(_http).ConfigureAwait(false);
        _line?.Dispose();
        await DisposeAsync(_pictures).ConfigureAwait(false);
        await DisposeAsync(_wire).ConfigureAwait(false);
        await DisposeAsync(_hub).ConfigureAwait(false);
        await DisposeAsync(_store).ConfigureAwait(false);
        _runtimes?.Dispose();
        _metrics.Dispose();
        _stop.Dispose();
    }

    private DeliveryHub[] Hubs => _pictures is null ? [_hub!] : [_hub!, _pictures.Hub];

    private static ValueTask DisposeAsync(IAsyncDisposable? part) => part?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task StartAsync()
    {
        CancellationToken draining = _around.Draining;
        _around.Say("loading models ...");
        _runtimes = await Runtimes.LoadAsync(_config, _around.Clock, _around.Say, draining)
            .ConfigureAwait(false); // (1)
        _store = SampleStore.Open(_config.Store, _around.Clock); // (2)
        SayRetention();
        await _runtimes.RestoreAsync(_store, draining).ConfigureAwait(false);
        _planner = await PlanAsync(_store, draining).ConfigureAwait(false); // (3)
        _hub = new DeliveryHub(new StoreSampleLog(_store), _config.Deliver, _around.Clock) // (4)
        {
            Told = _around.Say,
        };
        _store.SettledSequence = SettledSequence;
        _wire = await WireListener.StartAsync(_hub, _config.Transport, _around.Clock, _around.Logs)
            .ConfigureAwait(false); // (5)
        _pictures = _config.CopyPaste is null
            ? null
            : await PictureDelivery.StartAsync(_config, _store, _around).ConfigureAwait(false);
        _generate = new GenerateStep(_runtimes.Generators, _config.Generate, _around.Clock);
        FilterChain chain = new(_runtimes.Filters, _config.Embedder?.Name);
        _around.Say($"filters: {chain.Describe()}");
        _line = new Line(_stop.Token, _around.Clock);
        Engine.Pipeline.Pipeline.Link(_line, Parts(chain), _config.Stages, draining); // (6)
        ServerIdentity? identity = _config.Http.Tls is null
            ? null
            : ServerIdentity.Read(_config.Http.Tls, _around.Clock, _around.Say);
        _http = await HttpServer.StartAsync(_config.Http, HttpParts(draining), identity).ConfigureAwait(false); // (7)
    }

    private long SettledSequence() =>
        Math.Min(_hub!.SettledSequence(), _pictures?.SettledSequence() ?? long.MaxValue);

    private void SayRetention()
    {
        _store!.Deleted = shard => _around.Say(shard.ToString());
        RetentionOptions bounds = _config.Store.Retention;
        if (bounds.OnUnacknowledged == UnacknowledgedPolicy.Delete
            && (bounds.BytesMax > 0 || bounds.AgeMax > TimeSpan.Zero))
        {
            _around.Say(
                "WARNING: store.retention.on_unacknowledged is delete: samples that are beyond its bounds are deleted "
                + "even where a registered group has not acknowledged them");
        }
    }

    private async Task<PromptPlanner> PlanAsync(SampleStore store, CancellationToken stopping)
    {
        LoadedPrompts loaded = await PromptLoader.LoadAsync(_config.Plan, stopping).ConfigureAwait(false);
        foreach (PromptLine broken in loaded.Broken)
        {
            _around.Say($"left out: {broken}");
        }

        if (loaded.BrokenCount > loaded.Broken.Count)
        {
            _around.Say($"left out: {loaded.BrokenCount - loaded.Broken.Count} more broken lines");
        }

        LedgerState ended = store.LoadState();
        PlannerState restored = new()
        {
            Accepted = ended.Accepted,
            Rejected = ended.Rejected,
            Prompts = ended.Prompts.ToDictionary(
                prompt => prompt.Key, prompt => new EndedTries(prompt.Value.NextAttempt, prompt.Value.Holes)),
        };
        PromptPlanner planner = new(
            _config.Plan, loaded.Requests, restored, _config.Run.Seed, () => _hub?.Demand ?? Demand.None);
        planner.Add([.. store.LoadPrompts().Select(row => new PromptRequest(row.Category, row.Text, row.Seed))]);
        if (_config.Run.StopWhenFilled)
        {
            planner.CloseIntake();
        }

        return planner;
    }

    private PipelineParts Parts(FilterChain chain) => new()
    {
        Planner = _planner!,
        Generate = _generate!,
        Annotate = new AnnotateStep(_runtimes!.Predictor, _config.Annotate),
        Embed = _runtimes.Embed,
        Filter = chain,
        Encode = new EncodeStep(_config.Record, new Provenance
        {
            RunId = _config.Run.Name,
            RunSeed = _config.Run.Seed,
            Software = $"headwater {ProcessMetrics.Version}",
            Embedder = _config.Embedder?.Name,
            EmbeddingRevision = _runtimes.EmbeddingRevision,
        }, _config.Store.SampleBytesMax),
        Record = new RecordStep(_store!),
        Reject = new RejectStep(_store!),
        Deliver = new DeliverStep(_hub!, _pictures?.Hub, _pictures?.SamplesPerPicture ?? 1),
    };

    private HttpParts HttpParts(CancellationToken draining)
    {
        Progress progress = new(_line!, _config.Run.StallTimeout, _around.Clock);
        ReadinessChecks checks = new();
        checks.Add("line", () => _line!.Fault?.Message);
        checks.Add("store", () => _store!.Fault is { } fault ? $"read-only: {fault.Message}" : null);
        checks.Add("disk", () => _store!.PauseReason is { } why ? $"paused: {why}" : null);
        checks.Add("generators", () => _generate!.Problem);
        checks.Add("progress", () => progress.Problem(Hubs.Any(hub => hub.Snapshot().BlockedBy is not null)));
        checks.Add("draining", () => draining.IsCancellationRequested ? "draining" : null);
        PromptReadLimits limits = new()
        {
            PromptBytesMax = _config.Plan.PromptBytesMax, BytesMax = _config.Http.BodyBytesMax,
        };
        PromptIntake intake = new(_planner!, _store!, limits, draining);
        return new HttpParts(_metrics, checks, intake, () => new
        {
            Run = _config.Run.Name,
            _store!.LastSequence,
            Plan,
            Stages,
            Delivery = _hub!.Snapshot(),
            CopyPaste = _pictures?.Hub.Snapshot(),
        });
    }
}
