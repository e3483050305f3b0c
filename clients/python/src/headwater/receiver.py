"""The thread behind a stream: connects, receives ahead, acknowledges, and connects again."""

from __future__ import annotations

import os
import random
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import Deque, Dict, List, Optional, Tuple

from .errors import ENDED, HeadwaterError, ProtocolError, RefusedError, UnavailableError
from .sample import Sample
from .wire import ACK, CREDIT, GOAWAY, HEARTBEAT, HELLO, SAMPLE, VERSION, Address, Connection, encode, to_sample

SILENCE_HEARTBEATS_MAX = 3
FAREWELL_SECONDS = 1.0

#: An acknowledgement waits so long for others, or for a CREDIT that it can go with.
ACK_SECONDS = 0.02
#: A consumer that has not come back for so long to receive by itself leaves it to the thread, which may notice a second
#: such time later and then acknowledges at once.
AWAY_SECONDS = 0.01


@dataclass(frozen=True)
class Settings:
    """What connect() was given, checked."""

    address: Address
    group: str
    rank: int
    world: int
    token: Optional[str]
    credit_frames: int
    credit_bytes: int
    frame_bytes_max: int
    connect_timeout: float
    wait_for_daemon: Optional[float]
    retry_delay: float
    retry_delay_max: float


@dataclass(frozen=True)
class Place:
    """Where to go on, in which order: what a checkpoint keeps of a stream."""

    stream_id: str
    cursor: Optional[int]
    shuffle_window: int
    shuffle_seed: int


class Receiver:
    """Owns the socket, its thread and the queue between the thread and the consumer.

    Everything below is guarded by the lock, but for the connection, which is the thread's own, or lent by it. A
    consumer that finds the queue empty asks for the connection, and the thread lends it when it has received next: the
    consumer then receives by itself whenever it waits. Handing each batch from thread to thread cost as much as
    receiving it: two switches, a lock that both want, and memory that is hot on the other core. The thread takes the
    connection back when the consumer has not come for AWAY_SECONDS, and when it failed: connecting again is the
    thread's. Credit: what the daemon may still send (open), and what the consumer has not given back (held: queued or
    in hand), add up to the window at most; so the queue needs no bound of its own.
    """

    def __init__(self, settings: Settings, place: Place) -> None:
        self.settings = settings
        self._pid = os.getpid()
        self._pause = settings.retry_delay
        self._lock = threading.RLock()
        self._condition = threading.Condition(self._lock)
        self._lending = threading.Condition(self._lock)  # what a thread that has lent waits for
        self._is_wanted = False  # by a consumer that waits
        self._is_asleep = False  # whether the thread waits to be told that the consumer has received
        self._lent: Optional[Connection] = None
        self._borrower: Optional[int] = None  # the consumer's thread, while it receives
        self._borrowed = 0  # times
        self._fault: Optional[BaseException] = None
        self._ack_at: Optional[float] = None  # when acknowledgements that wait are sent, if nothing else is before
        self._queue: Deque[Tuple[Sample, int]] = deque()
        self._in_hand = 0
        self._held_frames = self._held_bytes = 0
        self._open_frames = self._open_bytes = 0
        self._acked: Dict[int, int] = {}  # by share: the position modulo the world
        self._acked_sent: Dict[int, int] = {}
        self._queued_upto: Dict[int, int] = {}
        self._is_ack_waiting = False
        self._received = 0
        self._demand: Optional[bytes] = None
        self._is_demand_sent = True
        self._start(place)
        self._is_closing = False
        self._is_rewound = False
        self._end: Optional[int] = None
        self._error: Optional[HeadwaterError] = None
        self._wake_out, self._wake_in = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self.thread = threading.Thread(target=self._run, name="headwater-receiver", daemon=True)
        self._connection: Optional[Connection] = None

    @staticmethod
    def open(settings: Settings, place: Place) -> "Receiver":
        """Connects on the caller's thread, so that its errors are the caller's, and starts the receiving one."""
        receiver = Receiver(settings, place)
        try:
            receiver._connection = receiver._connect()
        except BaseException:
            receiver._close_wake()
            raise
        receiver.thread.start()
        return receiver

    @property
    def acked(self) -> int:
        """The last position of the rank's own share that the consumer acknowledged."""
        return self._acked.get(self.settings.rank, 0)

    @property
    def end(self) -> Optional[int]:
        """The last position of all once the daemon has said that the plan has ended, else None."""
        return self._end

    def share_of(self, position: int) -> int:
        """Which rank's share a position belongs to."""
        return position % self.settings.world

    @property
    def is_foreign(self) -> bool:
        """Whether this is a forked copy: its thread and its lock stayed behind in the other process."""
        return os.getpid() != self._pid

    def take(self, timeout: Optional[float], done: Optional[int]) -> Optional[Sample]:
        """Gives the next sample, None once closed or at the end of the plan.

        What was in hand counts as given back, and up to the position done as acknowledged.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        with self._lock:
            if done is not None:
                self.ack(done)
            self._give_back()
            while not self._queue:
                if self._is_closing or self._end is not None:
                    return None
                if self._error is not None:
                    raise self._error
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    raise TimeoutError(f"no sample came within {timeout:g} s")
                if self._lent is None:
                    self._is_wanted = True
                    self._condition.wait(left)
                else:
                    self._borrow(self._lent, left)
            sample, self._in_hand = self._queue.popleft()
            return sample

    def _borrow(self, connection: Connection, left: Optional[float]) -> None:
        """Receives once on the consumer's thread; called with the lock held once, and waits without it."""
        own = self._borrower = threading.get_ident()
        self._borrowed += 1
        fault: Optional[BaseException] = None
        self._condition.release()
        try:
            self._turn(connection, left)
        except (OSError, HeadwaterError) as cause:
            fault = cause
        except BaseException:  # Ctrl-C may come in the middle of a frame
            fault = ConnectionError("the consumer was interrupted")
            raise
        finally:
            self._condition.acquire()
            if self._borrower == own:  # else close() ended it, from a signal's handler in this thread
                self._borrower = None
            if fault is not None and self._lent is connection:
                self._fault, self._lent = fault, None
            if self._is_asleep or fault is not None or self._is_closing or self._is_rewound:
                self._lending.notify_all()

    def ack(self, position: int) -> None:
        """Acknowledges everything of its share up to a position; less than before changes nothing."""
        with self._lock:
            share = self.share_of(position)
            if position > self._acked.get(share, 0):
                self._acked[share] = position
                self._ack_soon()

    def ask(self, frame: bytes) -> None:
        """Sends a DEMAND, now and after each reconnect."""
        with self._lock:
            self._demand, self._is_demand_sent = frame, False
            self._wake()

    def rewind(self, place: Place) -> None:
        """Forgets what was received and goes on elsewhere, over a new connection."""
        with self._lock:
            self._queue.clear()
            self._in_hand = self._held_frames = self._held_bytes = 0
            self._start(place)
            self._end = self._lent = None
            self._is_rewound = True
            self._wake()
            self._condition.notify_all()
            self._lending.notify_all()

    def _start(self, place: Place) -> None:
        self.place = place
        self.stream_id = place.stream_id
        self._acked, self._acked_sent, self._queued_upto = {}, {}, {}
        if place.cursor is not None:
            self._acked[self.settings.rank] = self._queued_upto[self.settings.rank] = place.cursor

    def close(self) -> None:
        """Ends the thread and the connection; does nothing the second time, nor in a forked copy."""
        if self.is_foreign:
            return
        with self._lock:
            self._is_closing = True
            self._queue.clear()
            if self._borrower == threading.get_ident():
                self._borrower = None  # a signal's handler, while this very thread receives: it will not go on
            self._wake()
            self._lent = None
            self._condition.notify_all()
            self._lending.notify_all()
        if self.thread is not threading.current_thread():
            self.thread.join()

    def _give_back(self) -> None:
        if self._in_hand:
            self._held_frames -= 1
            self._held_bytes -= self._in_hand
            self._in_hand = 0
            if self._due()[2]:
                self._wake()

    def _due(self) -> Tuple[int, int, bool]:
        """Frames and bytes that the daemon may be given, and whether they are worth a CREDIT by now."""
        settings = self.settings
        frames = settings.credit_frames - self._open_frames - self._held_frames
        size = settings.credit_bytes - self._open_bytes - self._held_bytes
        is_worth = frames >= max(1, settings.credit_frames // 2) or size >= max(1, settings.credit_bytes // 2)
        return max(0, frames), max(0, size), is_worth

    def _ack_soon(self) -> None:
        """Has the thread acknowledge within ACK_SECONDS: an ACK a sample would cost more than the sample."""
        if not self._is_ack_waiting:
            self._is_ack_waiting = True
            self._wake()

    def _wake(self) -> None:
        if self._lent is not None and self._borrower is None:
            return  # nobody waits at the socket, and who comes next will look
        try:
            self._wake_in.send(b"!")
        except OSError:
            pass  # full: it will wake up anyway; or closed: there is nobody to wake

    def _close_wake(self) -> None:
        self._wake_in.close()
        self._wake_out.close()

    # From here on: the thread's own, but that _turn and what it calls is the borrower's while there is one.

    def _run(self) -> None:
        try:
            while not self._is_closing:
                if self._connection is None:
                    self._connection = self._connect()
                received = self._received
                try:
                    self._serve(self._connection)
                except OSError:
                    pass  # it broke; the next one goes on where it was
                except RefusedError as refused:
                    if refused.code == ENDED:
                        self._rest_at_the_end(refused.cursor or 0)
                        continue
                    if refused.is_final:
                        raise
                self._drop()
                if self._received != received:
                    self._pause = self.settings.retry_delay
                elif not self._is_rewound:
                    self._rest()  # a connection that brings nothing is not worth hurrying for the next one
        except HeadwaterError as error:
            with self._lock:
                self._error = error
                self._condition.notify_all()
        finally:
            self._drop()
            with self._lock:
                self._close_wake()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close(FAREWELL_SECONDS)

    def _connect(self) -> Connection:
        """Tries until there is a daemon; raises what is final, and UnavailableError when the time is up."""
        settings, started = self.settings, time.monotonic()
        while True:
            with self._lock:
                self._is_rewound = False
                self._open_frames = max(0, settings.credit_frames - self._held_frames)
                self._open_bytes = max(0, settings.credit_bytes - self._held_bytes)
                hello = (HELLO, VERSION, settings.token, settings.group, settings.rank, settings.world,
                         self._acked.get(settings.rank), self.stream_id or None, self._open_frames,
                         self._open_bytes, self.place.shuffle_window, self.place.shuffle_seed)
            try:
                connection = Connection.open(
                    settings.address, hello, settings.frame_bytes_max, settings.connect_timeout)
            except (OSError, RefusedError) as cause:
                if isinstance(cause, RefusedError) and cause.is_final:
                    raise
                waited = time.monotonic() - started
                if self._is_closing or (
                        settings.wait_for_daemon is not None and waited >= settings.wait_for_daemon):
                    raise UnavailableError(f"no daemon at {settings.address}: {cause}") from cause
                self._rest()
                continue
            with self._lock:
                self._is_demand_sent = self._demand is None
                self._is_ack_waiting = True  # of the connection before, where it broke before they were sent
                if not self._is_rewound:
                    self.stream_id = connection.welcome.stream
                    if settings.rank not in self._acked:
                        self._acked[settings.rank] = self._queued_upto[settings.rank] = connection.welcome.cursor
                    self._acked_sent = {settings.rank: connection.welcome.cursor}
            return connection

    def _rest(self) -> None:
        """Pauses, each time for longer, but not when the stream is being closed."""
        # Pauses differ from client to client, or all ranks would knock at the same moment.
        seconds = self._pause * random.uniform(0.5, 1.0)
        self._pause = min(self._pause * 2, self.settings.retry_delay_max)
        with self._lock:
            self._condition.wait_for(lambda: self._is_closing, seconds)

    def _rest_at_the_end(self, end: int) -> None:
        """Tells the consumer that there is no more, and waits until it closes or goes on elsewhere."""
        self._drop()
        with self._lock:
            self._end = None if self._is_rewound else end
            self._condition.notify_all()
            self._condition.wait_for(lambda: self._is_closing or self._is_rewound)

    def _serve(self, connection: Connection) -> None:
        self._ack_at = None
        while not (self._is_closing or self._is_rewound):
            if self._is_wanted:
                self._lend(connection)
            else:
                self._turn(connection, None)
        if self._is_closing:
            self._send(connection, is_late=False, is_ack_due=True)

    def _lend(self, connection: Connection) -> None:
        """Leaves receiving to the consumer until it stays away; raises what it failed with.

        The thread looks every AWAY_SECONDS whether the consumer has received since, but sleeps while it waits for
        longer than that: to be woken for each batch would be the switch that lending saves.
        """
        with self._lock:
            if self._is_closing or self._is_rewound:
                return
            self._is_wanted, self._lent, seen = False, connection, -1
            self._condition.notify()
            while self._fault is None and not (self._is_closing or self._is_rewound):
                self._is_asleep = self._borrower is not None and self._borrowed == seen
                if self._is_asleep:
                    self._lending.wait()
                    seen = -1  # it may work for AWAY_SECONDS now
                elif self._borrowed != seen:
                    seen = self._borrowed
                    self._lending.wait(AWAY_SECONDS)
                else:
                    break
            self._is_asleep = True
            while self._borrower is not None:
                self._lending.wait()
            self._is_asleep = False
            self._lent = None
            self._ack_at = 0.0  # what waits has waited long enough
            fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def _turn(self, connection: Connection, left: Optional[float]) -> None:
        """Sends what is due, waits for so many seconds at most, and takes in what came."""
        beat = max(1, connection.welcome.heartbeat_seconds)
        now = time.monotonic()
        if self._is_ack_waiting and self._ack_at is None:
            self._ack_at = now + ACK_SECONDS
        self._send(connection, now - connection.sent_at >= beat, self._ack_at is not None and now >= self._ack_at)
        if not self._is_ack_waiting:
            self._ack_at = None
        if now - connection.heard_at >= SILENCE_HEARTBEATS_MAX * beat:
            raise ConnectionError("the daemon has fallen silent")
        until = connection.sent_at + beat
        until = until if self._ack_at is None else min(until, self._ack_at)
        has_bytes, is_woken = connection.wait(
            until - now if left is None else min(until - now, left), self._wake_out,
            self._open_frames // 2, self._open_bytes // 2)  # while those are received the daemon sends the other half
        if self._is_closing:
            return
        if has_bytes:
            self._take_in(connection.receive())
        if is_woken:
            self._drain_wake()

    def _send(self, connection: Connection, is_late: bool, is_ack_due: bool) -> None:
        """Sends what there is to say: ACKs, credit worth a frame, what is wanted, or that the client lives."""
        data = b""
        with self._lock:
            if self._is_rewound:
                return
            if not self._is_demand_sent and self._demand is not None:
                self._is_demand_sent = True
                data += self._demand
            frames, size, is_worth = self._due()
            if is_worth:
                self._open_frames += frames
                self._open_bytes += size
                data += encode(CREDIT, frames, size)
            if is_ack_due or (self._is_ack_waiting and (data or is_late)):
                self._is_ack_waiting = False
                acks = b""
                for share, position in self._acked.items():
                    if position > self._acked_sent.get(share, 0):
                        self._acked_sent[share] = position
                        acks += encode(ACK, position)
                data = acks + data
            if is_late and not data:
                data = encode(HEARTBEAT, self.acked)
        if data:
            connection.send(data)

    def _take_in(self, frames: List[Tuple[list, int]]) -> None:
        samples = []
        for frame, size in frames:
            if frame[0] == SAMPLE:
                samples.append((to_sample(frame), size))
            elif frame[0] != HEARTBEAT:
                self._queue_all(samples)  # what came before the last frame is whole
                if frame[0] == GOAWAY:
                    raise RefusedError(*frame[1:])
                raise ProtocolError(f"the daemon sent a frame of type {frame[0]} after its welcome")
        self._queue_all(samples)

    def _queue_all(self, samples: List[Tuple[Sample, int]]) -> None:
        if not samples:
            return
        with self._lock:
            for sample, size in samples:
                if self._open_frames <= 0 or self._open_bytes <= 0:
                    raise ProtocolError(
                        f"a sample came with {self._open_frames} frames and {self._open_bytes} bytes of credit left")
                self._open_frames -= 1
                self._open_bytes -= size
                share = self.share_of(sample.position)
                if sample.position > self._queued_upto.get(share, 0) and not (self._is_closing or self._is_rewound):
                    self._queued_upto[share] = sample.position
                    self._received += 1
                    self._held_frames += 1
                    self._held_bytes += size
                    self._queue.append((sample, size))
                elif sample.position <= self._acked.get(share, 0):
                    self._acked_sent.pop(share, None)  # the daemon did not count that ACK: the share was another's then
                    self._is_ack_waiting = True
            self._condition.notify()

    def _drain_wake(self) -> None:
        try:
            while self._wake_out.recv(4096):
                pass
        except OSError:
            pass  # empty
