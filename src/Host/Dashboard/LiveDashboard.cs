using Engine.Flow;
using Engine.Pipeline.Deliver;
using Spectre.Console;

namespace Host.Dashboard;

/// <summary>Shows a line and its consumers while it runs: live tables on a terminal, a line of text every few seconds
/// elsewhere.</summary>
/// <param name="console">Where to.</param>
/// <param name="clock">Times the looks.</param>
/// <param name="stages">The stages now.</param>
/// <param name="groups">The consumer groups now.</param>
/// <param name="progress">One line on the whole.</param>
internal sealed class LiveDashboard(
    IAnsiConsole console, TimeProvider clock, Func<IReadOnlyList<StageSnapshot>> stages,
    Func<IReadOnlyList<DeliverSnapshot>> groups, Func<string> progress)
{
    private static readonly TimeSpan TableInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);

    /// <summary>Shows until the work has ended, and once more then.</summary>
    /// <param name="work">What is waited for; its failure is the caller's to see.</param>
    public async Task ShowAsync(Task work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
        {
            await EveryAsync(LineInterval, work, () => console.Profile.Out.Writer.WriteLine(Line()))
                .ConfigureAwait(false);
            return;
        }

        StageRates rates = new(clock);
        await console.Live(Draw(rates)).StartAsync(live =>
            EveryAsync(TableInterval, work, () => live.UpdateTarget(Draw(rates)))).ConfigureAwait(false);
    }

    private Rows Draw(StageRates rates)
    {
        IReadOnlyList<StageSnapshot> now = stages();
        return new Rows(StageTable.Draw(now, rates.Look(now), progress()), GroupTable.Draw(groups()));
    }

    private string Line()
    {
        string consumers = GroupTable.Line(groups());
        return StageTable.Line(stages(), progress()) + (consumers.Length > 0 ? $" | {consumers}" : "");
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
