"""A stream of samples that outlives its connections."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Dict, Iterator, Mapping, Optional

from .receiver import Place, Receiver, Settings
from .sample import Sample
from .wire import CREDIT_BYTES_MAX, CREDIT_FRAMES_MAX, NUMBER_MAX, SHUFFLE_WINDOW_MAX, Address, encode_demand

STATE_VERSION = 2


def connect(
    address: str,
    *,
    group: str,
    rank: int = 0,
    world: int = 1,
    token: Optional[str] = None,
    tls_ca: Optional[str] = None,
    tls_cert: Optional[str] = None,
    tls_key: Optional[str] = None,
    cursor: Optional[int] = None,
    stream_id: Optional[str] = None,
    shuffle_window: int = 0,
    shuffle_seed: int = 0,
    auto_ack: bool = True,
    credit_frames: int = 64,
    credit_bytes: int = 64 << 20,
    frame_bytes_max: int = 64 << 20,
    connect_timeout: float = 10.0,
    wait_for_daemon: Optional[float] = None,
    retry_delay: float = 0.25,
    retry_delay_max: float = 30.0,
) -> "Stream":
    """Opens a stream; returns once the daemon has welcomed it.

    Args:
        address: "tcp://HOST:PORT", "tls://HOST:PORT" or "unix:/PATH".
        group: the consumer group, 1 to 64 of [a-zA-Z0-9_.-]. Groups do not share anything.
        rank: which rank of the group, from 0. It gets the samples whose position modulo world is rank.
        world: how many ranks share the group's samples.
        token: the daemon's token; None takes the environment variable HEADWATER_TOKEN, if it is set.
        tls_ca: PEM file of the authority to believe at a tls:// address; None believes whom the system believes.
        tls_cert: PEM file of the certificate to show there, if the daemon asks for one.
        tls_key: PEM file of its private key, unless it stands in tls_cert.
        cursor: go on after this position; None for where the daemon thinks the rank is.
        stream_id: the stream that the cursor belongs to; the daemon refuses a cursor of another one.
        shuffle_window: samples in a block of the group's shuffled order; 0 for the order in which they were made.
            All ranks of a group give the same, and the same seed.
        shuffle_seed: the seed of that order. A new seed with cursor 0 reads the samples again in a new order.
        auto_ack: acknowledge a sample when the next one is asked for; False leaves it to ack().
        credit_frames: samples on their way or waiting at most, the one in hand included.
        credit_bytes: bytes of them; one frame more may come.
        frame_bytes_max: longest frame accepted, in bytes.
        connect_timeout: seconds that one attempt to connect may take.
        wait_for_daemon: seconds without a daemon after which the stream gives up; None never.
        retry_delay: the first pause before another attempt, in seconds; each later one is twice as long.
        retry_delay_max: the longest such pause.

    Raises:
        ValueError: an argument is out of range.
        OSError: a PEM file cannot be read or used.
        RefusedError: the daemon said no, and coming back changes nothing.
        ProtocolError: what answers is no Headwater daemon.
        UnavailableError: no daemon was there for wait_for_daemon seconds.
    """
    _check("world", world, 1, 2**31 - 1)
    _check("rank", rank, 0, world - 1)
    _check("credit_frames", credit_frames, 1, CREDIT_FRAMES_MAX)
    _check("credit_bytes", credit_bytes, 1, CREDIT_BYTES_MAX)
    _check("frame_bytes_max", frame_bytes_max, 65536, 2**31 - 1)
    _check("shuffle_window", shuffle_window, 0, SHUFFLE_WINDOW_MAX)
    _check("shuffle_seed", shuffle_seed, 0, NUMBER_MAX)
    if cursor is not None:
        _check("cursor", cursor, 0, NUMBER_MAX)
    settings = Settings(
        address=Address.parse(address).believing(tls_ca, tls_cert, tls_key),
        group=group,
        rank=rank,
        world=world,
        token=token if token is not None else os.environ.get("HEADWATER_TOKEN") or None,
        credit_frames=credit_frames,
        credit_bytes=credit_bytes,
        frame_bytes_max=frame_bytes_max,
        connect_timeout=connect_timeout,
        wait_for_daemon=wait_for_daemon,
        retry_delay=retry_delay,
        retry_delay_max=retry_delay_max,
    )
    place = Place(stream_id or "", cursor, shuffle_window, shuffle_seed)
    return Stream(Receiver.open(settings, place), auto_ack)


class Stream:
    """An iterator of samples, each once and in the group's order, whatever becomes of the connections.

    It ends when the daemon's plan has ended and all samples of this rank are acknowledged.
    One thread receives ahead, as far as the credit goes; close() ends it. A thread that waits for a sample receives by
    itself. Use it from one thread at a time, and not
    across a fork: open one in each process.
    """

    def __init__(self, receiver: Receiver, auto_ack: bool) -> None:
        self._receiver = receiver
        self._auto_ack = auto_ack
        self._yielded: Dict[int, int] = {}  # by share: the last position taken
        self._in_hand: Optional[int] = None
        # The thread knows the receiver only, so a stream that is dropped without close() ends its thread too.
        self._finalizer = weakref.finalize(self, receiver.close)

    @property
    def stream_id(self) -> str:
        """Names the daemon's store; sequences mean nothing on another one."""
        return self._receiver.stream_id

    @property
    def cursor(self) -> int:
        """The last position of the rank's own share that was acknowledged."""
        return self._receiver.acked

    @property
    def end(self) -> Optional[int]:
        """The last position of all ranks, once the iteration has ended with the plan; else None."""
        return self._receiver.end

    def __iter__(self) -> Iterator[Sample]:
        return self

    def __next__(self) -> Sample:
        """Waits for the next sample; ends with the plan and after close().

        Raises RefusedError or UnavailableError for good.
        """
        return self.next(None)

    def next(self, timeout: Optional[float]) -> Sample:
        """Waits for the next sample for so many seconds; raises TimeoutError when none came."""
        if self._receiver.is_foreign:
            raise RuntimeError("a stream cannot be used across a fork; open one in each process")
        sample = self._receiver.take(timeout, self._in_hand if self._auto_ack else None)
        if sample is None:
            raise StopIteration
        self._in_hand = self._yielded[self._receiver.share_of(sample.position)] = sample.position
        return sample

    def ack(self, upto: "Sample | int") -> None:
        """Acknowledges a sample and all before it, or up to a position: the daemon need not send them again."""
        position = upto.position if isinstance(upto, Sample) else upto
        _check("position", position, 0, max(self.cursor, *self._yielded.values(), 0))
        self._receiver.ack(position)

    def demand(self, weights: Mapping[str, float]) -> None:
        """Says how much of which categories this rank wants; replaces what it said before.

        Args:
            weights: by category's name, 0 to 1e9, at most 4,096 that fit 64 KiB. Only proportions count; what is not
                named is wanted as a mean category, and {} takes everything back.
        """
        self._receiver.ask(encode_demand(weights))

    def state_dict(self) -> Dict[str, Any]:
        """What a checkpoint must keep to go on after the samples that were taken (or, without auto_ack, acked)."""
        settings, place = self._receiver.settings, self._receiver.place
        taken = self._yielded.get(settings.rank, self.cursor) if self._auto_ack else self.cursor
        return {
            "version": STATE_VERSION,
            "stream": self.stream_id,
            "rank": settings.rank,
            "world": settings.world,
            "shuffle_window": place.shuffle_window,
            "shuffle_seed": place.shuffle_seed,
            "cursor": taken,
        }

    def load_state_dict(self, state: Dict[str, Any]) -> None:
        """Goes on where a checkpoint was made, in its order, also when that lies before what was acknowledged since."""
        state = check_state(state)
        settings = self._receiver.settings
        if (state["rank"], state["world"]) != (settings.rank, settings.world):
            raise ValueError(
                f"the state is of rank {state['rank']} of {state['world']}, "
                f"but the stream is rank {settings.rank} of {settings.world}")
        self._yielded, self._in_hand = {}, None
        self._receiver.rewind(
            Place(state["stream"], state["cursor"], state["shuffle_window"], state["shuffle_seed"]))

    def close(self) -> None:
        """Sends the last acknowledgement, closes the connection and ends the thread. May be called again."""
        self._finalizer()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _thread(self) -> threading.Thread:
        return self._receiver.thread


def check_state(state: Dict[str, Any]) -> Dict[str, Any]:
    """Raises ValueError unless this is what state_dict() gave, now or before there were orders."""
    if isinstance(state, dict) and state.get("version") == 1:
        state = {**state, "version": STATE_VERSION, "shuffle_window": 0, "shuffle_seed": 0}
    wanted = {
        "version": int, "stream": str, "rank": int, "world": int, "shuffle_window": int, "shuffle_seed": int,
        "cursor": int,
    }
    if not isinstance(state, dict) or any(type(state.get(name)) is not kind for name, kind in wanted.items()):
        raise ValueError(f"this is no state of a headwater stream: {str(state)[:200]}")
    if state["version"] != STATE_VERSION:
        raise ValueError(f"the state is of version {state['version']}; this client reads version {STATE_VERSION}")
    return state


def _check(name: str, value: int, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} is {value!r}; it must be {low} to {high}")
