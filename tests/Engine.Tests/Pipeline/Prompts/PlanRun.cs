using System.Security.Cryptography;
using System.Text;
using Engine.Items;
using Engine.Pipeline.Prompts;

namespace Engine.Tests.Pipeline.Prompts;

/// <summary>
/// Plays the line: takes tries while it has room, and ends one of those in flight at random. A try's fate depends on
/// its key only, as a picture depends on its seed only.
/// </summary>
internal sealed class PlanRun
{
    private readonly PlanCase _case;
    private readonly Random _random;
    private readonly List<Prompt> _inFlight = [];

    public PlanRun(
        PlanCase plan, PlannerState restored, int windowSeed, bool closed = true, Func<Demand>? demand = null)
    {
        (_case, _random) = (plan, new Random(windowSeed));
        Planner = new PromptPlanner(plan.Options, plan.Prompts, restored, runSeed: 1, demand);
        if (closed)
        {
            Planner.CloseIntake();
        }
    }

    public PromptPlanner Planner { get; }

    /// <summary>Tries in the order of their issue.</summary>
    public List<Prompt> Issued { get; } = [];

    /// <summary>Tries in the order in which they ended.</summary>
    public List<(Prompt Try, bool Accepted)> Ended { get; } = [];

    /// <summary>Runs to the end of the plan, or until so many tries have ended.</summary>
    /// <returns>True at the end of the plan.</returns>
    public bool Run(int endsMax = int.MaxValue, Action<PlanRun>? check = null)
    {
        while (Ended.Count < endsMax)
        {
            bool room = _inFlight.Count < _case.Window;
            if (room && (_inFlight.Count == 0 || _random.Next(2) == 0))
            {
                using CancellationTokenSource ended = new();
                Task<Prompt?> next = Planner.NextAsync(ended.Token).AsTask();
                if (next.IsCompleted && next.Result is null)
                {
                    return true;
                }

                if (next.IsCompleted)
                {
                    _inFlight.Add(next.Result!);
                    Issued.Add(next.Result!);
                    check?.Invoke(this);
                    continue;
                }

                // It waits, which is right only while something in flight may still come back.
                ended.Cancel();
                Assert.NotEmpty(_inFlight);
            }

            End(_random.Next(_inFlight.Count));
            check?.Invoke(this);
        }

        return false;
    }

    /// <summary>What a ledger would hold of the tries that ended.</summary>
    public PlannerState State(PlannerState before) => new()
    {
        Accepted = Add(
            before.Accepted, Ended.Where(end => end.Accepted).Select(end => end.Try.Category)),
        Rejected = Add(
            before.Rejected,
            Ended.Where(end => !end.Accepted).Select(end => (end.Try.Category, RejectReason.ScoreLow))),
        Prompts = Ended.Select(end => (end.Try.Id, end.Try.Attempt))
            .Concat(before.Prompts.SelectMany(pair => Enumerable.Range(0, pair.Value.NextAttempt)
                .Except(pair.Value.Holes).Select(attempt => (Id: pair.Key, Attempt: attempt))))
            .GroupBy(pair => pair.Id, pair => pair.Attempt)
            .ToDictionary(group => group.Key, group => new EndedTries(
                group.Max() + 1, [.. Enumerable.Range(0, group.Max()).Except(group).Order()])),
    };

    private void End(int index)
    {
        Prompt prompt = _inFlight[index];
        _inFlight.RemoveAt(index);
        bool accepted = _case.Passes(prompt);
        Assert.True(accepted
            ? Planner.Accepted(prompt.Id, prompt.Attempt)
            : Planner.Rejected(new Rejection(
                prompt.Id, prompt.Attempt, prompt.Category, "filter", RejectReason.ScoreLow, Detail: null)));
        Ended.Add((prompt, accepted));
    }

    private static Dictionary<TKey, long> Add<TKey>(IReadOnlyDictionary<TKey, long> before, IEnumerable<TKey> more)
        where TKey : notnull =>
        before.Concat(more.Select(key => KeyValuePair.Create(key, 1L)))
            .GroupBy(pair => pair.Key, pair => pair.Value)
            .ToDictionary(group => group.Key, group => group.Sum());
}

/// <summary>A plan, its prompts, how often a category's tries pass, and how many tries the line holds.</summary>
internal sealed record PlanCase(PlanOptions Options, IReadOnlyList<double> PassRates, int PromptsEach, int Window)
{
    public IReadOnlyList<PromptRequest> Prompts { get; } =
    [
        .. from category in Options.Categories
           from prompt in Enumerable.Range(0, PromptsEach)
           select new PromptRequest(category.Name, $"prompt {prompt}"),
    ];

    public bool Passes(Prompt prompt)
    {
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(prompt.Key));
        int category = int.Parse(prompt.Category[1..], System.Globalization.CultureInfo.InvariantCulture);
        return BitConverter.ToUInt32(digest) < PassRates[category] * uint.MaxValue;
    }

    public override string ToString() =>
        string.Join(", ", Options.Categories.Select((category, index) =>
            $"{category.Name} w {category.Weight} q {category.Quota} p {PassRates[index]}"))
        + $"; {PromptsEach} prompts, window {Window}, {Options.AttemptsPerQuotaMax} tries a sample, "
        + $"{Options.AttemptsPerPromptMax} a prompt";
}
