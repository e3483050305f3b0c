"""The frames of docs/spec/wire.md, and one connection that speaks them."""

from __future__ import annotations

import os
import re
import select
import socket
import ssl
import struct
import sys
import time
from dataclasses import dataclass, replace
from typing import Any, List, Mapping, NamedTuple, Optional, Tuple

import msgpack

try:
    import fcntl
    import termios
except ImportError:  # Windows: every frame goes through the buffer there
    fcntl = termios = None  # type: ignore[assignment]

from .errors import ProtocolError, RefusedError
from .sample import Sample

VERSION = 2
HELLO, WELCOME, CREDIT, SAMPLE, ACK, HEARTBEAT, GOAWAY, DEMAND = range(1, 9)

#: Longest payload of a server up to and with its WELCOME, in bytes.
FIRST_FRAME_BYTES_MAX = 65536
NUMBER_MAX = 2**63 - 1
#: Received at once at most, and held for it; a longer frame makes the buffer longer for a while.
BUFFER_BYTES = 1 << 20
#: From this length of a picture on, a frame's files are received where they stay. Below it the calls would cost more
#: than the copy: one call brings many frames into the buffer.
DIRECT_BYTES_MIN = 96 << 10
#: So long a wait for several frames, as many as a batch holds, is worth it: to be woken for each one, with caches that
#: others have used since, costs more than to receive it.
PATIENCE_SECONDS = 0.001
#: Of large frames taken at once, and one frame more.
BATCH_BYTES = 1600 << 10
#: All of a SAMPLE before its picture, prefix included, in its longest form, and more.
HEAD_BYTES_MAX = 2048
CREDIT_FRAMES_MAX = 1 << 20
CREDIT_BYTES_MAX = 1 << 40
SHUFFLE_WINDOW_MAX = 65536
#: Longest payload of a client, in bytes.
CLIENT_FRAME_BYTES_MAX = 65536
DEMAND_CATEGORIES_MAX = 4096
DEMAND_WEIGHT_MAX = 1e9

_PREFIX = struct.Struct(">I")
_KEY = re.compile(r"[0-9a-zA-Z_-]{1,80}")
_UINT = (int, NUMBER_MAX)
_FIELDS = {
    WELCOME: (("version", _UINT), ("stream", (str, 64)), ("cursor", _UINT), ("last", _UINT),
              ("frame_bytes_max", (int, 2**31 - 1)), ("heartbeat_seconds", (int, 86400))),
    SAMPLE: (("sequence", _UINT), ("position", _UINT), ("key", (str, 80)), ("category", (str, 1024)),
             ("image_format", (str, 8)), ("image", (bytes, None)), ("mask", (bytes, None)), ("json", (bytes, None))),
    HEARTBEAT: (("number", _UINT),),
    GOAWAY: (("code", (int, 65535)), ("message", (str, 512)), ("cursor", (None, NUMBER_MAX))),
}


class Welcome(NamedTuple):
    """The daemon's answer to a HELLO that it accepts."""

    version: int
    stream: str
    cursor: int
    last: int
    frame_bytes_max: int
    heartbeat_seconds: int


@dataclass(frozen=True)
class Address:
    """Where a daemon listens: a host and a port, with TLS or without, or the path of a Unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""
    is_tls: bool = False
    trust: Optional[ssl.SSLContext] = None

    @staticmethod
    def parse(text: str) -> "Address":
        """Reads tcp://HOST:PORT, tls://HOST:PORT, with [V6] for HOST, or unix:/PATH; else raises ValueError."""
        if text.startswith("unix:/"):
            return Address(path=text[len("unix:"):])
        match = re.fullmatch(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[^:/\s\[\]]+):(\d{1,5})", text)
        if match is None or int(match.group(3)) > 65535:
            raise ValueError(f"{text!r} is no address; it must be tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH")
        return Address(
            host=match.group(2).strip("[]"), port=int(match.group(3)), is_tls=match.group(1) == "tls")

    def believing(self, authority: Optional[str], certificate: Optional[str], key: Optional[str]) -> "Address":
        """The address with whom to believe there and what to show, as PEM files; raises OSError for a bad one."""
        if not self.is_tls:
            if authority or certificate or key:
                raise ValueError(f"{self} is without TLS; certificates need tls://HOST:PORT")
            return self
        trust = ssl.create_default_context(cafile=authority)
        if certificate:
            trust.load_cert_chain(certificate, key)
        return replace(self, trust=trust)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"unix:{self.path}" if self.path else f"{'tls' if self.is_tls else 'tcp'}://{host}:{self.port}"


def encode(*elements: Any) -> bytes:
    """Writes one frame, prefix included; the first element is its type."""
    payload = msgpack.packb(elements, use_bin_type=True)
    return _PREFIX.pack(len(payload)) + payload


def encode_demand(weights: Mapping[str, float]) -> bytes:
    """Writes a DEMAND; raises ValueError for a weight out of range, or for more than a frame holds."""
    elements: List[Any] = [DEMAND]
    for category, weight in weights.items():
        if not isinstance(category, str) or len(category.encode("utf-8", "surrogatepass")) > 1024:
            raise ValueError(f"{str(category)[:80]!r} is no category; it must be a string of at most 1024 bytes")
        if not 0 <= weight <= DEMAND_WEIGHT_MAX:
            raise ValueError(f"the weight of {category!r} is {weight!r}; it must be 0 to {DEMAND_WEIGHT_MAX:g}")
        elements += (category, float(weight))
    frame = encode(*elements)
    if len(weights) > DEMAND_CATEGORIES_MAX or len(frame) - 4 > CLIENT_FRAME_BYTES_MAX:
        raise ValueError(
            f"the demand has {len(weights)} categories in {len(frame) - 4} bytes; it must have at most "
            f"{DEMAND_CATEGORIES_MAX} in {CLIENT_FRAME_BYTES_MAX}")
    return frame


def decode(payload: Any) -> List[Any]:
    """Reads a server's frame and checks each field's type and bound; raises ProtocolError."""
    try:
        frame = msgpack.unpackb(
            payload, raw=False, use_list=True, max_array_len=16, max_map_len=0, max_ext_len=0)
    except Exception as cause:  # msgpack raises several unrelated types; all of them mean the same here
        raise ProtocolError(f"a frame is no MessagePack array: {cause}") from cause
    return check(frame)


def check(frame: Any) -> List[Any]:
    """Gives a server's frame back when each field has its type and bound; else raises ProtocolError."""
    if _is_plain_sample(frame):
        return frame
    if not isinstance(frame, list) or not frame or type(frame[0]) is not int or frame[0] not in _FIELDS:
        raise ProtocolError(f"a frame of the daemon is of no known type: {str(frame)[:80]}")
    fields = _FIELDS[frame[0]]
    if len(frame) != len(fields) + 1:
        raise ProtocolError(f"a frame of type {frame[0]} has {len(frame)} elements; it must have {len(fields) + 1}")
    for (name, (kind, bound)), value in zip(fields, frame[1:]):
        if not _fits(value, kind, bound):
            raise ProtocolError(f"the field {name} of a frame of type {frame[0]} is {str(value)[:80]!r}")
    return frame


def _is_plain_sample(frame: Any) -> bool:
    """Whether it is a SAMPLE that passes the checks of its fields: in one expression, as most frames are such."""
    if type(frame) is not list or len(frame) != 9:
        return False
    kind, sequence, position, key, category, image_format, image, mask, json = frame
    return (
        type(kind) is int and kind == SAMPLE and type(sequence) is int and 0 <= sequence <= NUMBER_MAX
        and type(position) is int and 0 <= position <= NUMBER_MAX
        and type(key) is str and len(key) <= 80 and key.isascii()
        and type(category) is str and len(category) <= 256  # a character has 4 bytes at most
        and type(image_format) is str and len(image_format) <= 8 and image_format.isascii()
        and type(image) is bytes and type(mask) is bytes and type(json) is bytes)


def to_sample(frame: List[Any]) -> Sample:
    """Makes a Sample of a SAMPLE frame; raises ProtocolError for a key that is no safe file name."""
    _, sequence, position, key, category, image_format, image, mask, json = frame
    if not _KEY.fullmatch(key) or image_format not in ("png", "webp", "jpg"):
        raise ProtocolError(f"sample {sequence} has key {key!r} and format {image_format!r}")
    return Sample.of(
        sequence=sequence, position=position, key=key, category=category, image_format=image_format,
        image_bytes=image, mask_png=mask, json_bytes=json)


def _fits(value: Any, kind: Optional[type], bound: Optional[int]) -> bool:
    if kind is None:
        return value is None or _fits(value, int, bound)
    if type(value) is not kind:  # bool is an int to isinstance
        return False
    if kind is int:
        return bound is None or 0 <= value <= bound
    if kind is str:
        return bound is None or len(value.encode("utf-8", "surrogatepass")) <= bound
    return True


class Connection:
    """One socket that has been welcomed. Owned by one thread, but for wake()."""

    def __init__(self, sock: socket.socket, frame_bytes_max: int, timeout: float) -> None:
        self._sock = sock
        self._frame_bytes_max = min(frame_bytes_max, FIRST_FRAME_BYTES_MAX)
        self._own_bytes_max = frame_bytes_max
        self._buffer = memoryview(bytearray(BUFFER_BYTES))  # what came and is not taken: [start, end)
        self._start = self._end = 0
        # Only TCP holds a whole large frame in the kernel, and only there can one wait for it.
        self._can_direct = (
            fcntl is not None and hasattr(socket, "SO_RCVLOWAT") and not isinstance(sock, ssl.SSLSocket)
            and sock.family != getattr(socket, "AF_UNIX", None))
        self._is_direct = False  # whether the next frame is likely to be a large one, and none of it is in the buffer
        self._partial = 0  # the length of a large frame of which the kernel had a part
        self._is_overdue = False  # whether a wait() for all of that has ended
        self._usual = BATCH_BYTES  # the length of the last frame
        self._wakes_at = self._room = 1  # bytes in the kernel that end a wait(), and that fit there for sure
        self._timeout = timeout
        sock.settimeout(0)
        self.sent_at = self.heard_at = time.monotonic()
        self.welcome = Welcome(0, "", 0, 0, 0, 1)

    @staticmethod
    def open(address: Address, hello: Tuple[Any, ...], frame_bytes_max: int, timeout: float) -> "Connection":
        """Connects and shakes hands.

        Raises OSError when nobody is there, ProtocolError when it is no daemon, RefusedError when it says no.
        """
        deadline = time.monotonic() + timeout
        sock = _connect(address, timeout)
        try:
            connection = Connection(sock, frame_bytes_max, timeout)
            connection.send(encode(*hello))
            frames: List[Tuple[List[Any], int]] = []
            while not frames:
                left = deadline - time.monotonic()
                if left <= 0 or not connection.wait(left, None)[0]:
                    raise TimeoutError(f"{address} did not answer within {timeout:g} s")
                frames = connection.receive(most=1)  # what follows the WELCOME has another bound
            connection._be_welcomed(frames[0][0])
            return connection
        except BaseException:
            sock.close()
            raise

    def _be_welcomed(self, frame: List[Any]) -> None:
        if frame[0] == GOAWAY:
            raise RefusedError(*frame[1:])
        if frame[0] != WELCOME:
            raise ProtocolError(f"the daemon answered a hello with a frame of type {frame[0]}")
        self.welcome = Welcome(*frame[1:])
        if self.welcome.version != VERSION:
            raise ProtocolError(f"the daemon speaks version {self.welcome.version}; this client speaks {VERSION}")
        self._frame_bytes_max = min(self._own_bytes_max, self.welcome.frame_bytes_max)

    def send(self, data: bytes) -> None:
        """Sends whole frames; raises OSError when the daemon takes nothing for the connect time-out."""
        self._sock.settimeout(self._timeout)
        self._sock.sendall(data)
        self._sock.settimeout(0)
        self.sent_at = time.monotonic()

    def wait(
            self, seconds: float, wake: Optional[socket.socket], frames: int = 0, size: int = 0) -> Tuple[bool, bool]:
        """Waits for bytes or for the other socket; says whether there are bytes, and whether the other is ready.

        Of so many frames and bytes, which the daemon may send without hearing of the client again, it waits for several
        at first, but not for long.
        """
        if self._whole() or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
            return True, False  # here already: the descriptor may have nothing more to show
        sockets = [self._sock] if wake is None else [self._sock, wake]
        readable: List[Any] = []
        several = self._several(frames, size) if seconds > PATIENCE_SECONDS else 0
        if several:
            self._wake_at(several)
            readable = _select(sockets, PATIENCE_SECONDS)
            seconds -= PATIENCE_SECONDS
        if not readable:
            self._wake_at(self._partial or 1)
            readable = _select(sockets, max(0.0, seconds))
        has_bytes = self._sock in readable
        self._is_overdue = has_bytes and self._partial > 0
        return has_bytes, wake is not None and wake in readable

    def _several(self, frames: int, size: int) -> int:
        """The bytes of the frames that are worth waiting for together; 0 for less than two."""
        if not self._can_direct:
            return 0
        one = self._partial or self._usual
        count = min(frames, min(size, BATCH_BYTES) // one)
        return count * one if count > 1 else 0

    def receive(self, most: int = 1 << 30) -> List[Tuple[List[Any], int]]:
        """Takes what is there; gives each frame that is whole by now with its length, prefix included.

        Receives once, however much came: small frames then cost one call for many. Raises ConnectionError at the end
        of the stream.
        """
        frames = self._receive_direct() if self._is_direct else []
        if not self._is_direct:
            frames += self._receive_buffered(most)
        if frames:
            self._usual = frames[-1][1]
            self.heard_at = time.monotonic()
        return frames

    def _receive_buffered(self, most: int) -> List[Tuple[List[Any], int]]:
        frames: List[Tuple[List[Any], int]] = []
        if not self._whole():
            self._make_room()
            size = self._size()
            # A large frame is received to its end only, so that the next one can be received directly.
            end = self._start + size if self._can_direct and size >= DIRECT_BYTES_MIN else len(self._buffer)
            try:
                read = self._sock.recv_into(self._buffer[self._end:end])
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return frames
            if read == 0:
                raise ConnectionError("the daemon closed the connection")
            self._end += read
        while len(frames) < most:
            size = self._whole()
            if not size:
                break
            frames.append((decode(self._buffer[self._start + 4:self._start + size]), size))
            self._start += size
            self._is_direct = self._can_direct and size >= DIRECT_BYTES_MIN and self._start == self._end
        return frames

    def _receive_direct(self) -> List[Tuple[List[Any], int]]:
        """Takes large frames that are whole in the kernel; each picture is received where it stays.

        (1) Looks at a frame's head without taking it. (2) Leaves it where there is less: the next wait() ends when it
        is whole, or never will be. (3) Takes the head, the picture as bytes of its own, and what follows it. All else
        is left to the buffer, and nothing of it was taken: a frame that is not large, not a SAMPLE, not as expected, or
        longer than the kernel holds.
        """
        frames: List[Tuple[List[Any], int]] = []
        taken = there = self._partial = 0
        while taken < BATCH_BYTES:
            try:
                head = self._sock.recv(HEAD_BYTES_MAX, socket.MSG_PEEK)  # (1)
            except BlockingIOError:
                break
            parsed = self._parse_head(head)
            if parsed is None:
                self._is_direct = False
                break
            size, fields, image_start, image_bytes = parsed
            if there < size:
                there = self._available()
            if there < size:  # (2)
                self._is_direct = not self._is_overdue
                self._partial = size if self._is_direct else 0
                break
            self._sock.recv_into(self._buffer[:image_start])  # (3)
            fields.append(self._sock.recv(image_bytes))
            self._sock.recv_into(self._buffer[1:1 + size - image_start - image_bytes])
            self._buffer[0] = 0x92  # an array of two
            try:
                fields += msgpack.unpackb(self._buffer[:1 + size - image_start - image_bytes], raw=False)
            except Exception as cause:
                raise ProtocolError(f"a frame is no MessagePack array: {cause}") from cause
            frames.append((check(fields), size))
            taken += size
            there -= size
            self._is_overdue = False  # the next one has not been waited for
        return frames

    def _parse_head(self, head: bytes) -> Optional[Tuple[int, List[Any], int, int]]:
        """The frame's length, the fields before its picture, where that starts, how long it is; None: not direct."""
        if len(head) < 4:
            return None
        (length,) = _PREFIX.unpack_from(head)
        if not DIRECT_BYTES_MIN <= length <= self._frame_bytes_max or head[4:5] != b"\x99":
            return None
        try:  # as an array of the fields before the picture
            msgpack.unpackb(b"\x96" + head[5:], raw=False, max_array_len=6, max_map_len=0, max_ext_len=0)
            return None
        except msgpack.ExtraData as cause:
            fields, at = cause.unpacked, len(head) - len(cause.extra)
        except Exception:
            return None
        if fields[0] != SAMPLE or head[at:at + 1] != b"\xc6" or len(head) < at + 5:
            return None
        (image_bytes,) = _PREFIX.unpack_from(head, at + 1)
        at += 5
        tail = 4 + length - at - image_bytes
        if image_bytes < DIRECT_BYTES_MIN // 2 or not 0 <= tail < BUFFER_BYTES:
            return None
        return 4 + length, fields, at, image_bytes

    def _available(self) -> int:
        count = bytearray(4)
        fcntl.ioctl(self._sock, termios.FIONREAD, count)
        return int.from_bytes(count, sys.byteorder)

    def _wake_at(self, count: int) -> None:
        if self._wakes_at != count:
            if count > self._room:  # asking for more once makes the kernel's room that large, and it stays so
                self._room = count
                self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, min(4 * count, 2**31 - 1))
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, count)
            self._wakes_at = count

    def _whole(self) -> int:
        """The length of the first frame here, prefix included; 0 while it is not whole."""
        size = self._size()
        return size if size and self._end - self._start >= size else 0

    def _size(self) -> int:
        """The length that the first frame declares, prefix included; 0 while its prefix is not whole."""
        if self._end - self._start < 4:
            return 0
        (length,) = _PREFIX.unpack_from(self._buffer, self._start)
        if not 1 <= length <= self._frame_bytes_max:
            raise ProtocolError(f"a frame has {length} bytes; it must have 1 to {self._frame_bytes_max}")
        return 4 + int(length)

    def _make_room(self) -> None:
        """Moves the part of a frame that came to the front of a buffer that can hold all of it."""
        held, wanted = self._end - self._start, max(BUFFER_BYTES, self._size())
        if self._start or wanted > len(self._buffer):
            came = self._buffer[self._start:self._end]
            if wanted > len(self._buffer) or wanted < len(self._buffer) // 2:
                self._buffer = memoryview(bytearray(wanted))
            self._buffer[:held] = came  # also where the two overlap
            self._start, self._end = 0, held

    def close(self, farewell_seconds: float) -> None:
        """Closes so that the last ACK arrives: a socket closed with unread bytes is reset."""
        try:
            self._sock.settimeout(0)
            self._sock.shutdown(socket.SHUT_WR)
            self._partial = 0
            deadline = time.monotonic() + farewell_seconds
            self._start = self._end = 0
            while self.wait(deadline - time.monotonic(), None)[0] and self._sock.recv(65536):
                pass
        except OSError:
            pass  # it is gone already
        finally:
            self._sock.close()


def _connect(address: Address, timeout: float) -> socket.socket:
    if not address.path:
        sock = socket.create_connection((address.host, address.port), timeout)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock if not address.is_tls else _secure(sock, address)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(timeout)
        sock.connect(address.path)
        return sock
    except BaseException:
        sock.close()
        raise


def _secure(sock: socket.socket, address: Address) -> socket.socket:
    try:
        trust = address.trust or ssl.create_default_context()
        return trust.wrap_socket(sock, server_hostname=address.host)
    except ssl.SSLCertVerificationError as cause:
        sock.close()
        raise ProtocolError(f"the certificate of {address} is not to be believed: {cause.verify_message}") from cause
    except BaseException:
        sock.close()
        raise


def _select(sockets: List[socket.socket], seconds: float) -> List[Any]:
    """Those that have something to read, after so many seconds at most; none where one has been closed."""
    numbers = [sock.fileno() for sock in sockets]
    if min(numbers) < 0:  # by a signal's handler, since the last wait
        return []
    if os.name == "nt":
        return select.select(sockets, [], [], seconds)[0]
    poll = select.poll()  # select() cannot hold descriptors from 1,024 on, which a training job may well have
    for number in numbers:
        poll.register(number, select.POLLIN)
    ready = {number for number, _ in poll.poll(seconds * 1000)}
    return [sock for sock in sockets if sock.fileno() in ready]
