using Engine.Flow;
using Spectre.Console;

namespace Host.Dashboard;

/// <summary>Shows a line while it runs: a live table on a terminal, a line every few seconds elsewhere.</summary>
internal sealed class LiveDashboard(IAnsiConsole console, TimeProvider clock)
{
    private static readonly TimeSpan TableInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);

    /// <summary>Shows until the work has ended, and once more then.</summary>
    /// <param name="stages">The stages now.</param>
    /// <param name="progress">One line on the whole.</param>
    /// <param name="work">What is waited for; its failure is the caller's to see.</param>
    public async Task ShowAsync(Func<IReadOnlyList<StageSnapshot>> stages, Func<string> progress, Task work)
    {
        StageRates rates = new(clock);
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
        {
            await EveryAsync(LineInterval, work, () => console.Profile.Out.Writer.WriteLine(
                StageTable.Line(stages(), progress())))
                .ConfigureAwait(false);
            return;
        }

        await console.Live(StageTable.Draw(stages(), rates.Look(stages()), progress())).StartAsync(live =>
            EveryAsync(TableInterval, work, () =>
            {
                IReadOnlyList<StageSnapshot> now = stages();
                live.UpdateTarget(StageTable.Draw(now, rates.Look(now), progress()));
            })).ConfigureAwait(false);
    }

    private async Task EveryAsync(TimeSpan interval, Task work, Action show)
    {
        using PeriodicTimer timer = new(interval, clock);
        while (!work.IsCompleted)
        {
            Task tick = timer.WaitForNextTickAsync().AsTask();
            await Task.WhenAny(work, tick).ConfigureAwait(false);
            show();
            if (!tick.IsCompleted)
            {
                return;
            }
        }
    }
}
