using Engine.Items;

namespace Engine.Pipeline.Prompts;

/// <summary>What the line says of the tries, and how the plan stands.</summary>
public sealed partial class PromptPlanner
{
    /// <summary>Ends a try with an accepted sample.</summary>
    /// <param name="promptId">The prompt's id.</param>
    /// <param name="attempt">The prompt's attempt.</param>
    /// <returns>True; false, and nothing changes, when the try is not in flight: never issued, or ended before.
    /// </returns>
    public bool Accepted(string promptId, int attempt)
    {
        lock (_gate)
        {
            if (!_inFlight.Remove((promptId, attempt), out PlannedCategory? category))
            {
                CountUnknown();
                return false;
            }

            category.Accept();
            CountAccepted(category);
            Settle(category);
            return true;
        }
    }

    /// <summary>Ends a try without a sample; its prompt comes again with the next attempt, in its turn.</summary>
    /// <param name="rejection">The try and the reason.</param>
    /// <returns>True; false, and nothing changes, when the try is not in flight: never issued, or ended before.
    /// </returns>
    public bool Rejected(Rejection rejection)
    {
        ArgumentNullException.ThrowIfNull(rejection);
        lock (_gate)
        {
            if (!_inFlight.Remove((rejection.PromptId, rejection.Attempt), out PlannedCategory? category))
            {
                CountUnknown();
                return false;
            }

            category.Reject(rejection.Reason);
            CountRejected(rejection.Reason);
            Settle(category);
            return true;
        }
    }

    /// <summary>Tells how the plan stands.</summary>
    /// <returns>A snapshot, owned by the caller.</returns>
    public PlanProgress Progress()
    {
        lock (_gate)
        {
            return new PlanProgress
            {
                Categories = [.. _categories.Select(category => category.Snapshot())],
                Prompts = _prompts.Count,
                Duplicates = _duplicates,
                InFlight = _inFlight.Count,
                IntakeOpen = _intakeOpen,
                Finished = IsFinished,
            };
        }
    }
}
