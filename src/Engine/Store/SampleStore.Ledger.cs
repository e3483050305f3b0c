using System.Text;
using Engine.Items;

namespace Engine.Store;

/// <summary>What is written to the ledger alone.</summary>
public sealed partial class SampleStore
{
    private const int PromptBytesMax = 4096;
    private const int NameCharactersMax = 256;

    /// <summary>Records tries that ended without a sample, in one durable transaction.</summary>
    /// <param name="rejections">The tries; a detail is cut at 512 characters.</param>
    /// <param name="cancel">Heeded while another write has the turn.</param>
    /// <returns>How many ended now; a try that had ended already stays as it ended.</returns>
    /// <exception cref="ArgumentException">A rejection is wrong; the message names it.</exception>
    /// <exception cref="StoreFullException">No space; after a wait the same call may be made again.</exception>
    /// <exception cref="StoreReadOnlyException">This or an earlier write has an unknown fate.</exception>
    public async Task<int> RecordRejectionsAsync(
        IReadOnlyList<Rejection> rejections, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(rejections);
        foreach (Rejection rejection in rejections)
        {
            SampleCheck.PromptId(rejection.PromptId);
            SampleCheck.Attempt(rejection.PromptId, rejection.Attempt);
            SampleCheck.Category(rejection.Category);
            Name(rejection.Stage, "A stage's name");
            Name(rejection.Reason, "A rejection's reason");
        }

        int ended = await WriteAsync(ledger => ledger.Reject(rejections), cancel).ConfigureAwait(false);
        _metrics.Rejected(ended);
        return ended;
    }

    /// <summary>Adds prompts, durable when the task ends. A prompt whose id is known is left as it is.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="cancel">Heeded while another write has the turn.</param>
    /// <returns>How many were new.</returns>
    /// <exception cref="ArgumentException">A prompt is wrong; the message names it.</exception>
    /// <exception cref="StoreFullException">No space; after a wait the same call may be made again.</exception>
    /// <exception cref="StoreReadOnlyException">This or an earlier write has an unknown fate.</exception>
    public Task<int> AddPromptsAsync(IReadOnlyList<PromptRow> prompts, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        foreach (PromptRow prompt in prompts)
        {
            SampleCheck.PromptId(prompt.Id);
            SampleCheck.Category(prompt.Category);
            int bytes = Encoding.UTF8.GetByteCount(prompt.Text);
            if (bytes is < 1 or > PromptBytesMax)
            {
                throw new ArgumentException(
                    $"The text of prompt {prompt.Id} has {bytes} bytes; it must have 1 to {PromptBytesMax}.");
            }
        }

        return WriteAsync(ledger => ledger.AddPrompts(prompts), cancel);
    }

    /// <summary>Sets consumers' cursors, forward or back, durable when the task ends.</summary>
    /// <param name="cursors">
    /// The cursors. A group's other ranks stay; its cursors of another world or order are forgotten.
    /// </param>
    /// <param name="cancel">Heeded while another write has the turn.</param>
    /// <returns>Done when the cursors are on the disk.</returns>
    /// <exception cref="ArgumentException">A cursor is wrong; the message names it.</exception>
    /// <exception cref="StoreFullException">No space; after a wait the same call may be made again.</exception>
    /// <exception cref="StoreReadOnlyException">This or an earlier write has an unknown fate.</exception>
    public Task SetCursorsAsync(IReadOnlyList<GroupCursor> cursors, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(cursors);
        foreach (GroupCursor cursor in cursors)
        {
            Name(cursor.Group, "A group's name");
            if (cursor.World < 1 || cursor.Rank < 0 || cursor.Rank >= cursor.World || cursor.Position < 0
                || cursor.ShuffleWindow < 0 || cursor.ShuffleSeed < 0)
            {
                throw new ArgumentException(
                    $"{cursor} is wrong; world must be from 1, rank from 0 and below it, the others from 0.");
            }
        }

        return WriteAsync(
            ledger =>
            {
                ledger.SetCursors(cursors);
                return cursors.Count;
            },
            cancel);
    }

    /// <summary>Adds a boundary, after which the blocks of shuffled orders end early; durable when the task ends.
    /// </summary>
    /// <param name="sequence">The newest sample's sequence, from 1. A boundary that is there already stays.</param>
    /// <param name="cancel">Heeded while another write has the turn.</param>
    /// <returns>Done when it is on the disk.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is not that of a sample.</exception>
    /// <exception cref="StoreFullException">No space; after a wait the same call may be made again.</exception>
    /// <exception cref="StoreReadOnlyException">This or an earlier write has an unknown fate.</exception>
    public Task AddBoundaryAsync(long sequence, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, LastSequence);
        return WriteAsync(ledger => ledger.AddBoundary(sequence), cancel);
    }

    /// <summary>Forgets a consumer group.</summary>
    /// <param name="group">The group's name.</param>
    /// <param name="cancel">Heeded while another write has the turn.</param>
    /// <returns>How many cursors it had.</returns>
    /// <exception cref="StoreFullException">No space; after a wait the same call may be made again.</exception>
    /// <exception cref="StoreReadOnlyException">This or an earlier write has an unknown fate.</exception>
    public Task<int> RemoveGroupAsync(string group, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        return WriteAsync(ledger => ledger.RemoveGroup(group), cancel);
    }

    private static void Name(string name, string what)
    {
        if (name.Length is < 1 or > NameCharactersMax)
        {
            throw new ArgumentException($"{what} has {name.Length} characters; it must have 1 to {NameCharactersMax}.");
        }
    }

    private async Task<T> WriteAsync<T>(Func<Ledger, T> write, CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            ThrowUnlessWritable();
            return Guarded(() => write(_ledger));
        }
        finally
        {
            _gate.Release();
        }
    }
}
