using Engine.Flow;
using Engine.Pipeline.Deliver;
using Engine.Store;
using Host.Lifecycle;

namespace Host.Composition;

/// <summary>How a daemon runs to its end.</summary>
internal sealed partial class Daemon
{
    private static readonly TimeSpan LagPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs until the plan is filled, a drain has ended or a stage fails.</summary>
    /// <returns>The process' exit code.</returns>
    public async Task<ExitCode> RunAsync()
    {
        using CancellationTokenRegistration limit = _around.Draining.Register(
            () => _stop.CancelAfter(_config.Run.DrainTimeout));
        ExitCode code = await LineAsync().ConfigureAwait(false);
        if (code == ExitCode.Ok && !_around.Draining.IsCancellationRequested)
        {
            _around.Say($"the plan has ended: {LastSequence} samples are stored; waiting for the consumers");
            code = await EndAsync().ConfigureAwait(false);
        }

        using CancellationTokenSource leave = new(_config.Run.DrainTimeout, _around.Clock);
        await Task.WhenAll(
            _wire!.DrainAsync(leave.Token), _pictures?.Wire!.DrainAsync(leave.Token) ?? Task.CompletedTask)
            .ConfigureAwait(false);
        return code;
    }

    private async Task<ExitCode> LineAsync()
    {
        try
        {
            await _line!.WaitAsync().ConfigureAwait(false);
            return ExitCode.Ok;
        }
        catch (StageFaultException fault)
        {
            _around.Say(fault.Message.ReplaceLineEndings(" "));
            return fault.InnerException is StoreException ? ExitCode.StoreFault : ExitCode.Fault;
        }
        catch (OperationCanceledException) when (_around.Draining.IsCancellationRequested)
        {
            long left = Stages.Sum(stage => stage.Faulted);
            _around.Say($"the drain did not end within {_config.Run.DrainTimeout}; {left} tries will be made again");
            return ExitCode.DrainTimedOut;
        }
    }

    /// <summary>Ends the stream, then waits until every registered group has acknowledged all, or a drain is asked
    /// for.</summary>
    private async Task<ExitCode> EndAsync()
    {
        try
        {
            foreach (DeliveryHub hub in Hubs)
            {
                await hub.EndAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (StoreException fault)
        {
            _around.Say($"the end of the plan could not be stored: {fault.Message.ReplaceLineEndings(" ")}");
            return ExitCode.StoreFault;
        }

        while (!_around.Draining.IsCancellationRequested
            && Hubs.Any(hub => hub.Snapshot().Groups.Any(group => group.LagItems > 0 && !group.IsDetached)))
        {
            await Task.Delay(LagPoll, _around.Clock).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }
}
