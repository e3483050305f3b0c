using System.Buffers;

namespace Engine.Pipeline.Deliver;

/// <summary>Registering groups.</summary>
public sealed partial class DeliveryHub
{
    private static readonly SearchValues<char> GroupCharacters =
        SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-");

    private void ThrowIfInvalid(string name, RankShare share, long? cursor, string? streamId)
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

        if (cursor is not null && streamId is not null && streamId != StreamId)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.StreamChanged,
                $"The cursor belongs to stream '{streamId}', but this is stream '{StreamId}'.");
        }

        if (cursor < 0 || cursor > Log.LastSequence)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.CursorAhead,
                $"The cursor is {cursor}; it must be 0 to {Log.LastSequence}, the newest sample.");
        }
    }

    private ConsumerGroup Registered(string name, int world)
    {
        bool isKnown = _groups.TryGetValue(name, out ConsumerGroup? group);
        if (isKnown && group!.World == world)
        {
            return group;
        }

        if (isKnown && group!.Links > 0)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.WorldMismatch,
                $"Group '{name}' has {group.Links} ranks of world {group.World} connected; world {world} must wait "
                + "until they have left.");
        }

        if (!isKnown && _groups.Count >= _options.GroupsMax)
        {
            throw new DeliverRefusedException(
                DeliverRefusal.GroupsFull,
                $"{_groups.Count} groups are registered, which is the most; remove one or raise groups_max.");
        }

        ConsumerGroup made = new(name, world, group?.SettledUpTo ?? 0, _clock.GetTimestamp())
        {
            Blocked = group?.Blocked ?? TimeSpan.Zero,
        };
        _groups[name] = made;
        _mirror.Replace(name, made.Cursors());
        return made;
    }
}
