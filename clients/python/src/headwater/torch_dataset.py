"""Samples as a torch IterableDataset, with a place that a checkpoint can keep. Needs torch."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

from .errors import HeadwaterError
from .sample import Sample
from .stream import Stream, connect

try:
    import torch.distributed
    from torch.utils.data import IterableDataset, get_worker_info
except ImportError as cause:
    raise HeadwaterError(f"headwater.torch_dataset needs torch (pip install 'headwater[torch]'): {cause}") from cause

STATE_VERSION = 2


class HeadwaterDataset(IterableDataset):  # type: ignore[misc]
    """The samples of a group, to the end of the daemon's plan. Rank and DataLoader worker together choose the share.

    Worker i of n on rank r of w is rank r * n + i of w * n for the daemon, so all workers of all ranks get disjoint
    samples. Keep num_workers the same across a resume.
    """

    def __init__(
        self,
        address: str,
        group: str,
        rank: Optional[int] = None,
        world: Optional[int] = None,
        transform: Optional[Callable[[Sample], Any]] = None,
        shuffle_window: int = 0,
        shuffle_seed: int = 0,
        drop_last: bool = False,
        **options: Any,
    ) -> None:
        """Connects to nothing yet: each worker opens its own stream when it is iterated.

        Args:
            address: as for headwater.connect.
            group: as for headwater.connect.
            rank: None takes torch.distributed's, else the environment's RANK, else 0.
            world: None takes torch.distributed's, else the environment's WORLD_SIZE, else 1.
            transform: makes of a Sample what the dataset yields, in the worker. None yields the Sample itself, which
                torch cannot collate: use batch_size=None then.
            shuffle_window: as for headwater.connect.
            shuffle_seed: as for headwater.connect, for epoch 0.
            drop_last: leave the last sample out where other shares have none, so that all yield equally many. Each
                sample is then yielded when the next has come, or the end.
            options: everything else of headwater.connect but cursor and stream_id.
        """
        super().__init__()
        self._address = address
        self._group = group
        self._rank, self._world = _place(rank, world)
        self._transform = transform
        self._drop_last = drop_last
        self._window, self._seed, self._epoch = shuffle_window, shuffle_seed, 0
        self._options = options
        self._start: Optional[int] = None  # where a share without a cursor begins; None: where the daemon has it
        self._cursors: Dict[int, int] = {}  # by the daemon's rank, of the world below
        self._shares = 0
        self._stream_id: Optional[str] = None

    def __iter__(self) -> Iterator[Any]:
        rank, world = self._share()
        if self._shares not in (0, world):
            raise ValueError(
                f"the state is of {self._shares} shares, but rank {self._rank} of {self._world} now makes {world}; "
                "resume with the same number of ranks and workers")
        self._shares = world
        with connect(
            self._address, group=self._group, rank=rank, world=world, cursor=self._cursors.get(rank, self._start),
            stream_id=self._stream_id, shuffle_window=self._window, shuffle_seed=self._seed + self._epoch,
            **self._options,
        ) as stream:
            yield from self._run(stream, rank)

    def set_epoch(self, epoch: int) -> None:
        """Reads from the start again when iterated next, in the order of shuffle_seed + epoch; on every rank.

        Does nothing in the epoch that a state is of, so that a resumed loop may call it first.
        """
        if epoch != self._epoch:
            self._epoch = epoch
            self._start, self._cursors = 0, {}

    def state_dict(self) -> Dict[str, Any]:
        """The place of this process's shares; torchdata's StatefulDataLoader gathers those of all workers."""
        return {
            "version": STATE_VERSION,
            "stream": self._stream_id,
            "shuffle_window": self._window,
            "shuffle_seed": self._seed,
            "epoch": self._epoch,
            "start": self._start,
            "shares": self._shares,
            "cursors": dict(self._cursors),
        }

    def load_state_dict(self, state: Dict[str, Any]) -> None:
        """Goes on after what was yielded when the state was taken; call it before iterating."""
        if isinstance(state, dict) and state.get("version") == 1:  # before there were orders
            state = {**state, "version": 2, "shuffle_window": 0, "shuffle_seed": 0, "epoch": 0, "start": None}
        if not isinstance(state, dict) or state.get("version") != STATE_VERSION:
            raise ValueError(f"this is no state of a HeadwaterDataset: {str(state)[:200]}")
        self._stream_id = state["stream"]
        self._window, self._seed = state["shuffle_window"], state["shuffle_seed"]
        self._epoch, self._start = state["epoch"], state["start"]
        self._shares = state["shares"]
        self._cursors = {int(rank): int(cursor) for rank, cursor in state["cursors"].items()}

    def _run(self, stream: Stream, rank: int) -> Iterator[Any]:
        self._stream_id = stream.stream_id
        self._cursors.setdefault(rank, stream.cursor)
        held: Optional[Sample] = None
        for sample in stream:
            ready, held = (held, sample) if self._drop_last else (sample, None)
            if ready is not None:
                yield self._give(ready)
        if held is not None and stream.end is not None and held.position <= stream.end - stream.end % self._shares:
            yield self._give(held)  # all shares have a sample of this round

    def _give(self, sample: Sample) -> Any:
        item = sample if self._transform is None else self._transform(sample)
        self._cursors[sample.position % self._shares] = sample.position  # before the yield, so that none is repeated
        return item

    def _share(self) -> Tuple[int, int]:
        info = get_worker_info()
        if info is None:
            return self._rank, self._world
        return self._rank * info.num_workers + info.id, self._world * info.num_workers


def _place(rank: Optional[int], world: Optional[int]) -> Tuple[int, int]:
    if (rank is None) != (world is None):
        raise ValueError("rank and world belong together: give both or neither")
    if rank is not None and world is not None:
        return rank, world
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return torch.distributed.get_rank(), torch.distributed.get_world_size()
    return int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
