using Engine.Items;

namespace Engine.Pipeline.Prompts;

/// <summary>One category's account: what it wants, has and may still try, and its prompts in order.</summary>
/// <remarks>
/// <para>Not safe by itself: every use is under the planner's gate.</para>
/// <para>Prompts come by (attempt, ordinal): each prompt's first try before any prompt's second. The order depends on
/// which tries have ended only, so it is the same after a restart, and the tries a category makes in its life are a
/// prefix of one fixed sequence: the shortest with enough accepted ones.</para>
/// </remarks>
internal sealed class PlannedCategory
{
    private const double StrideOne = 1L << 40;

    private static readonly HashSet<string> Reasons = [.. RejectReason.All];

    private readonly PriorityQueue<PlannedPrompt, (int Attempt, int Ordinal)> _turns = new();
    private readonly Dictionary<string, long> _rejected = [];
    private readonly PlanOptions _plan;
    private readonly double _weight;
    private readonly long _triesMax;
    private long _rejectedTotal;

    public PlannedCategory(string name, double weight, long quota, int ordinal, PlanOptions plan)
    {
        (Name, Quota, Ordinal, _plan, _weight) = (name, quota, ordinal, plan, weight);
        Heed(1);
        _triesMax = quota * plan.AttemptsPerQuotaMax;
    }

    public string Name { get; }

    public long Quota { get; }

    /// <summary>Its place among the categories.</summary>
    public int Ordinal { get; }

    /// <summary>What one try costs in virtual time: 2^40 / weight, whole, so that sums are exact.</summary>
    public UInt128 Stride { get; private set; }

    /// <summary>The virtual time at which its next try is due.</summary>
    public UInt128 Due { get; set; }

    /// <summary>True while it stands in the planner's queue.</summary>
    public bool Queued { get; set; }

    public long Accepted { get; private set; }

    public int InFlight { get; private set; }

    public int Prompts { get; private set; }

    public CategoryState State { get; set; }

    public long Tried => Accepted + _rejectedTotal;

    /// <summary>True when a try may be issued now.</summary>
    public bool CanIssue => Accepted + InFlight < Quota && Tried + InFlight < _triesMax && _turns.Count > 0;

    /// <summary>Sets what consumers' demand makes of the plan's weight.</summary>
    public void Heed(double factor) => Stride = (UInt128)(StrideOne / (_weight * factor));

    /// <summary>Adds a prompt; one whose tries are used up is only counted.</summary>
    public void Add(PlannedPrompt prompt)
    {
        Prompts++;
        Queue(prompt);
    }

    /// <summary>Takes the next try. Only when <see cref="CanIssue"/>.</summary>
    public (PlannedPrompt Prompt, int Attempt) Issue()
    {
        PlannedPrompt prompt = _turns.Dequeue();
        int attempt = prompt.Issue();
        Queue(prompt);
        InFlight++;
        return (prompt, attempt);
    }

    public void Accept()
    {
        InFlight--;
        Accepted++;
    }

    public void Reject(string reason)
    {
        InFlight--;
        RestoreRejected(reason, 1);
    }

    public void RestoreAccepted(long samples) => Accepted += samples;

    public void RestoreRejected(string reason, long rejected)
    {
        string known = Reasons.Contains(reason) ? reason : PromptPlanner.OtherLabel;
        _rejected[known] = _rejected.GetValueOrDefault(known) + rejected;
        _rejectedTotal += rejected;
    }

    /// <summary>What the state should be; a category with a try in flight may still be filled by it.</summary>
    public CategoryState Judge(bool intakeOpen)
    {
        if (Accepted >= Quota)
        {
            return CategoryState.Filled;
        }

        bool noPromptYet = Prompts == 0 && intakeOpen;
        return InFlight > 0 || CanIssue || noPromptYet ? CategoryState.Open : CategoryState.Exhausted;
    }

    public CategoryProgress Snapshot() => new(
        Name, Quota, Accepted, InFlight, Tried, Prompts, new Dictionary<string, long>(_rejected), State,
        State == CategoryState.Exhausted ? WhyExhausted() : null);

    private string WhyExhausted() =>
        Tried >= _triesMax
            ? $"{Tried} tries gave {Accepted} of {Quota} samples; {_plan.AttemptsPerQuotaMax} tries a sample are "
                + "allowed (attempts_per_quota_max)"
            : Prompts == 0
                ? "it has no prompts"
                : $"each of its {Prompts} prompts was tried {_plan.AttemptsPerPromptMax} times "
                    + "(attempts_per_prompt_max)";

    private void Queue(PlannedPrompt prompt)
    {
        if (prompt.NextAttempt < _plan.AttemptsPerPromptMax)
        {
            _turns.Enqueue(prompt, (prompt.NextAttempt, prompt.Ordinal));
        }
    }
}
