using System.Buffers;

namespace Engine.Pipeline.Deliver;

/// <summary>Registering groups.</summary>
public sealed partial class DeliveryHub
{
    private static readonly SearchValues<char> GroupCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-");

    private void ThrowIfInvalid(string name, RankShare share, DeliveryOrder order)
    {
        if (name.Length is < 1 or > DeliverOptions.GroupCharactersMax
            || name.AsSpan().ContainsAnyExcept(GroupCharacters))
        {
            throw new DeliverRefusedException(
                DeliverRefusal.InvalidGroup,
                $"The group's name has {name.Length} characters; it must be 1 to {DeliverOptions.GroupCharactersMax} "
                + "of [a-zA-Z0-9_.-].");
        }

        if (share.World < 1 || share.World > _options.WorldMax || share.Rank < 0 || share.Rank >= share.World)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.InvalidShare,
                $"Rank {share.Rank} of world {share.World} is out of range; the world must be 1 to {_options.WorldMax} "
                + "and the rank from 0 and below it.");
        }

        // With a longer window the line could wait for a block that it does not make while it waits.
        long windowMax = Math.Min(DeliveryOrder.WindowMax, _options.BacklogMaxItems / 2);
        if (order.Window < 0 || order.Window > windowMax || order.Seed < 0)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.InvalidOrder,
                $"The shuffle window is {order.Window} with seed {order.Seed}; it must be 0 to {windowMax} samples "
                + $"(at most {DeliveryOrder.WindowMax}, and half of backlog_max_items, which is "
                + $"{_options.BacklogMaxItems}), and the seed at least 0.");
        }
    }

    private void ThrowIfStrange(long? cursor, string? streamId, DeliveryOrder order)
    {
        if (cursor is not null && streamId is not null && streamId != StreamId)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.StreamChanged,
                $"The cursor belongs to stream '{streamId}', but this is stream '{StreamId}'.");
        }

        long last = order.CompleteUpTo(Log.LastSequence, _boundaries);
        if (cursor < 0 || cursor > last)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.CursorAhead,
                $"The cursor is {cursor}; it must be 0 to {last}, the last position there is.");
        }
    }

    private ConsumerGroup Registered(string name, int world, DeliveryOrder order)
    {
        bool isKnown = _groups.TryGetValue(name, out ConsumerGroup? group);
        if (isKnown && group!.World == world && group.Order == order)
        {
            return group;
        }

        if (isKnown && group!.Links > 0)
        {
            throw group.World != world
                ? new DeliverRefusedException(
                    DeliverRefusal.WorldMismatch,
                    $"Group '{name}' has {group.Links} ranks of world {group.World} connected; world {world} must "
                    + "wait until they have left.")
                : new DeliverRefusedException(
                    DeliverRefusal.OrderMismatch,
                    $"Group '{name}' has {group.Links} ranks connected whose shuffle window is {group.Order.Window} "
                    + $"and seed {group.Order.Seed}; window {order.Window} and seed {order.Seed} must wait until they "
                    + "have left.");
        }

        if (!isKnown && _groups.Count >= _options.GroupsMax)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.GroupsFull,
                $"{_groups.Count} groups are registered, which is the most; remove one or raise groups_max.");
        }

        long start = group is null
            ? BeforeFirstKept(order)
            : order.ResumeAfter(group.Order, group.SettledUpTo, _boundaries);
        ConsumerGroup made = new(name, world, order, start, _clock.GetTimestamp())
        {
            Blocked = group?.Blocked ?? TimeSpan.Zero,
        };
        _groups[name] = made;
        _isDemandStale |= group?.Asked.Count > 0;
        _mirror.Replace(name, made.Cursors());
        return made;
    }
}
