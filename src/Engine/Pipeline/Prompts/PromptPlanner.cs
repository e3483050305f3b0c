using Engine.Items;
using Engine.Options;

namespace Engine.Pipeline.Prompts;

/// <summary>Decides which try comes next, and when a category has enough.</summary>
/// <remarks>
/// <para>Between categories: each try costs a category 2^40 / weight of virtual time (the plan's weight, times what
/// consumers ask for), and the one that is due first
/// goes, ties by the plan's order. A category that could not go for a while is due no earlier than now, so it saves
/// up no claim. Law: while category c can go, category j goes at most floor(w_j / w_c) + 1 times between two tries of
/// c; so no category, passing or failing, starves another.</para>
/// <para>Within a category: see <see cref="PlannedCategory"/>. Accepted and in flight together never exceed its quota.
/// </para>
/// <para>Safe to call from several threads at once. One gate guards every field that is not readonly, the contents of
/// the collections and of the categories and prompts they hold.</para>
/// </remarks>
public sealed partial class PromptPlanner
{
    private readonly Lock _gate = new();
    private readonly PlanOptions _plan;
    private readonly PlannerState _restored;
    private readonly Dictionary<string, long> _restoredAccepted; // By normal name.
    private readonly ILookup<string, (string Reason, long Tries)> _restoredRejected; // By normal name.
    private readonly ulong _runSeed;
    private readonly List<PlannedCategory> _categories = []; // Guarded by _gate.
    private readonly Dictionary<string, PlannedCategory> _byName = []; // By normal name. Guarded by _gate.
    private readonly PriorityQueue<PlannedCategory, (UInt128 Due, int Ordinal)> _ready = new(); // Guarded by _gate.
    private readonly Dictionary<(string Id, int Attempt), PlannedCategory> _inFlight = []; // Guarded by _gate.
    private UInt128 _now; // Virtual time: when the last try issued was due. Guarded by _gate.
    private int _openCategories; // Guarded by _gate.
    private bool _intakeOpen = true; // Guarded by _gate.
    private TaskCompletionSource? _waiting; // Set while somebody waits for a change. Guarded by _gate.

    /// <summary>Makes a planner with its first prompts.</summary>
    /// <param name="plan">The plan, without problems.</param>
    /// <param name="prompts">Prompts of the templates and files, in order; the result is <see cref="Loaded"/>.</param>
    /// <param name="restored">What ended before this start. A try that had been issued but not ended is issued again,
    /// with its attempt and so its seed; one that ended never is.</param>
    /// <param name="runSeed">Seeds every prompt that brings no seed.</param>
    /// <param name="demand">Gives what consumers ask for now: the same instance until it changes. Called often, and
    /// must not call the planner. Null: nobody asks for anything.</param>
    /// <exception cref="ArgumentException">The plan has problems; the message lists them.</exception>
    public PromptPlanner(
        PlanOptions plan, IReadOnlyCollection<PromptRequest> prompts, PlannerState restored, ulong runSeed,
        Func<Demand>? demand = null)
    {
        CheckedOptions.ThrowOnProblem(plan, nameof(plan));
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(restored);

        (_plan, _restored, _runSeed, _demand) = (plan, restored, runSeed, demand ?? (() => Demand.None));
        _restoredAccepted = restored.Accepted
            .GroupBy(entry => PromptText.Normal(entry.Key), entry => entry.Value)
            .ToDictionary(group => group.Key, group => group.Sum());
        _restoredRejected = restored.Rejected.ToLookup(
            entry => PromptText.Normal(entry.Key.Category), entry => (entry.Key.Reason, entry.Value));
        lock (_gate)
        {
            foreach (CategoryOptions category in plan.Categories)
            {
                PromptText.Clean(category.Name, PromptText.CategoryBytesMax, out string name);
                Open(name, category.Weight, category.Quota > 0 ? category.Quota : plan.Quota);
            }

            Loaded = AddAll(prompts, added: null);
        }
    }

    /// <summary>What became of the constructor's prompts.</summary>
    public AddResult Loaded { get; }

    /// <summary>Gives the next try; waits while none can be issued: all that is wanted is in flight, or prompts are
    /// still to come.</summary>
    /// <param name="stopping">Ends the wait.</param>
    /// <returns>The try, or null when every category is closed and so is the intake.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> was cancelled.</exception>
    public async ValueTask<Prompt?> NextAsync(CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            Task change;
            lock (_gate)
            {
                if (TryIssue() is { } prompt)
                {
                    return prompt;
                }

                if (IsFinished)
                {
                    return null;
                }

                _waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                change = _waiting.Task;
            }

            await change.WaitAsync(stopping).ConfigureAwait(false);
        }
    }

    private bool IsFinished => !_intakeOpen && _openCategories == 0;

    private Prompt? TryIssue()
    {
        Heed();
        if (!_ready.TryDequeue(out PlannedCategory? category, out _))
        {
            return null;
        }

        (PlannedPrompt planned, int attempt) = category.Issue();
        _inFlight.Add((planned.Id, attempt), category);
        (_now, category.Queued) = (category.Due, false);
        category.Due += category.Stride;
        Settle(category);
        CountIssued();
        return new Prompt
        {
            Id = planned.Id,
            Category = category.Name,
            Text = planned.Text,
            Attempt = attempt,
            Seed = PromptIdentity.Seed(_runSeed, planned.Id, attempt, planned.Seed),
        };
    }

    /// <summary>Brings state and queue in line after anything about a category changed, and wakes who waits.</summary>
    private void Settle(PlannedCategory category)
    {
        CategoryState state = category.Judge(_intakeOpen);
        if (state != category.State)
        {
            _openCategories += (state == CategoryState.Open ? 1 : 0) - (category.State == CategoryState.Open ? 1 : 0);
            CountState(category.State, state);
            category.State = state;
        }

        if (category.CanIssue && !category.Queued)
        {
            category.Due = UInt128.Max(category.Due, _now);
            category.Queued = true;
            _ready.Enqueue(category, (category.Due, category.Ordinal));
        }

        WakeIfDue();
    }

    private void WakeIfDue()
    {
        if (_waiting is not null && (_ready.Count > 0 || IsFinished))
        {
            _waiting.SetResult();
            _waiting = null;
        }
    }
}
