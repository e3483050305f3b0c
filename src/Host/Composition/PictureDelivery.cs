using Engine.Items;
using Engine.Pipeline.Deliver;
using Engine.Pipeline.Prompts;
using Engine.Runtimes.CopyPaste;
using Engine.Store;
using Host.Configuration;
using Host.Transport;
using Kernels.Compositing;
using Kernels.Device;

namespace Host.Composition;

/// <summary>The composed pictures: their maker, their consumer groups and their sockets.</summary>
internal sealed class PictureDelivery : IAsyncDisposable
{
    private const string Scope = "copy-paste:";

    private readonly IKernelDevice _device;
    private readonly IComposite _composite;
    private readonly CopyPaste _maker;
    private readonly CopyPasteOptions _options;

    private PictureDelivery(
        IKernelDevice device, IComposite composite, CopyPaste maker, DeliveryHub hub, CopyPasteOptions options) =>
        (_device, _composite, _maker, Hub, _options) = (device, composite, maker, hub, options);

    /// <summary>The groups.</summary>
    public DeliveryHub Hub { get; }

    /// <summary>One picture is made for so many samples.</summary>
    public int SamplesPerPicture => _options.SamplesPerPicture;

    /// <summary>The sockets; set once they listen.</summary>
    public WireListener? Wire { get; private set; }

    /// <summary>Opens the data set and listens.</summary>
    /// <param name="config">A configuration with such a section.</param>
    /// <param name="store">The samples; outlives this.</param>
    /// <param name="around">Clock and log.</param>
    /// <returns>The delivery; the caller disposes it.</returns>
    public static async Task<PictureDelivery> StartAsync(
        HeadwaterConfig config, SampleStore store, DaemonSurroundings around)
    {
        CopyPasteSection section = config.CopyPaste!;
        IKernelDevice device = config.Kernels.Open(around.Say);
        IComposite composite = Composite.On(device);
        CopyPaste maker = await CopyPaste.OpenAsync(
            section.Pictures, new StorePool(store), composite, config.Plan.Categories.Select(Name), config.Run.Seed,
            around.Draining).ConfigureAwait(false);
        around.Say($"copy-paste: {maker.Backgrounds} real pictures; one picture for "
            + $"{section.Pictures.SamplesPerPicture} samples");
        CopyPasteLog log = new(new StoreSampleLog(store, Scope), maker, section.Pictures.SamplesPerPicture);
        DeliverOptions bounds = config.Deliver with
        {
            BacklogMaxItems = Math.Max(1, config.Deliver.BacklogMaxItems / section.Pictures.SamplesPerPicture),
        };
        DeliveryHub hub = new(log, bounds, around.Clock) { Told = around.Say };
        PictureDelivery made = new(device, composite, maker, hub, section.Pictures);
        try
        {
            made.Wire = await WireListener.StartAsync(
                hub, config.Transport with { Listen = section.Listen }, around.Clock, around.Logs)
                .ConfigureAwait(false);
            return made;
        }
        catch
        {
            await made.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The groups now, under the names that metrics give them, which differ from those of samples.</summary>
    public DeliverSnapshot Snapshot()
    {
        DeliverSnapshot now = Hub.Snapshot();
        return now with
        {
            BlockedBy = now.BlockedBy is { } blocker ? Scope + blocker : null,
            Groups = [.. now.Groups.Select(group => group with { Name = Scope + group.Name })],
        };
    }

    /// <summary>Up to which sequence no picture that a registered group still wants needs the samples.</summary>
    public long SettledSequence() => Hub.SettledSequence() is long settled and < long.MaxValue
        ? Math.Max(0, ((settled + 1) * _options.SamplesPerPicture) - _options.PoolSamples)
        : long.MaxValue;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Wire is not null)
        {
            await Wire.DisposeAsync().ConfigureAwait(false);
        }

        await Hub.DisposeAsync().ConfigureAwait(false);
        await _maker.DisposeAsync().ConfigureAwait(false);
        _composite.Dispose();
        _device.Dispose();
    }

    private static string Name(CategoryOptions category) => category.Name;

    private sealed class StorePool(SampleStore store) : ISamplePool
    {
        public IReadOnlyList<StoredSample> List(long afterSequence, long lastSequence) =>
            store.FirstSequence - 1 is long before && Math.Max(before, afterSequence) is long after
                && lastSequence > after
                ? [.. store.List(after, (int)(lastSequence - after)).Where(one => one.Sequence <= lastSequence)]
                : [];

        public async ValueTask<Sample?> ReadAsync(StoredSample stored, CancellationToken stopping)
        {
            try
            {
                return await store.ReadAsync(stored, stopping).ConfigureAwait(false);
            }
            catch (SampleDeletedException)
            {
                return null;
            }
        }
    }
}
