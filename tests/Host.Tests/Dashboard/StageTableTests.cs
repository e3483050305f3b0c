using Engine.Flow;
using Host.Dashboard;
using Spectre.Console;
using Tests.Shared;

namespace Host.Tests.Dashboard;

/// <summary>Goal: a person sees each stage's queue, rate and rejections, on a terminal and in a log.</summary>
public sealed class StageTableTests
{
    private static readonly StageSnapshot Annotate = new()
    {
        Name = "annotate", Received = 30, Sent = 20, Dropped = 7, Faulted = 0, InFlightItems = 3, InFlightBytes = 1,
        DroppedByReason = new Dictionary<string, long> { ["area_low"] = 2, ["touches_border"] = 5 },
        Options = new StageOptions { CapacityItems = 8 }, Busy = TimeSpan.FromSeconds(12.34), Blocked = TimeSpan.Zero,
    };

    [Fact]
    public void Table_holds_queue_rate_and_rejections()
    {
        using StringWriter text = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = 120;

        console.Write(StageTable.Draw([Annotate], new Dictionary<string, double> { ["annotate"] = 1.25 }, "20 of 24"));

        string row = text.ToString().Split('\n').Single(line => line.Contains("annotate", StringComparison.Ordinal));
        Assert.Equal(
            ["annotate", "3/8", "30", "20", "1.2", "12.3", "7: touches_border 5, area_low 2"],
            row.Split('│', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("20 of 24", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_holds_the_same_for_a_log() => Assert.Equal(
        "20 of 24 | annotate 20+3 (rejected 7: touches_border 5, area_low 2)", StageTable.Line([Annotate], "20 of 24"));

    [Fact]
    public void Rate_is_what_was_sent_over_the_time_since_the_oldest_look()
    {
        ManualClock clock = new();
        StageRates rates = new(clock);

        rates.Look([Annotate]);
        clock.Advance(TimeSpan.FromSeconds(4));
        double rate = rates.Look([Annotate with { Sent = 30 }])["annotate"];

        Assert.Equal(2.5, rate);
    }
}
