"""The frames of docs/spec/wire.md, and one connection that speaks them."""

from __future__ import annotations

import os
import re
import select
import socket
import ssl
import struct
import time
from dataclasses import dataclass, replace
from typing import Any, List, Mapping, NamedTuple, Optional, Tuple

import msgpack

from .errors import ProtocolError, RefusedError
from .sample import Sample

VERSION = 2
HELLO, WELCOME, CREDIT, SAMPLE, ACK, HEARTBEAT, GOAWAY, DEMAND = range(1, 9)

#: Longest payload of a server up to and with its WELCOME, in bytes.
FIRST_FRAME_BYTES_MAX = 65536
NUMBER_MAX = 2**63 - 1
#: Received at once at most, and held for it; a longer frame makes the buffer longer for a while.
BUFFER_BYTES = 1 << 20
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
    if not isinstance(frame, list) or not frame or type(frame[0]) is not int or frame[0] not in _FIELDS:
        raise ProtocolError(f"a frame of the daemon is of no known type: {str(frame)[:80]}")
    fields = _FIELDS[frame[0]]
    if len(frame) != len(fields) + 1:
        raise ProtocolError(f"a frame of type {frame[0]} has {len(frame)} elements; it must have {len(fields) + 1}")
    for (name, (kind, bound)), value in zip(fields, frame[1:]):
        if not _fits(value, kind, bound):
            raise ProtocolError(f"the field {name} of a frame of type {frame[0]} is {str(value)[:80]!r}")
    return frame


def to_sample(frame: List[Any]) -> Sample:
    """Makes a Sample of a SAMPLE frame; raises ProtocolError for a key that is no safe file name."""
    _, sequence, position, key, category, image_format, image, mask, json = frame
    sample = Sample(
        sequence=sequence, position=position, key=key, category=category, image_format=image_format,
        image_bytes=image, mask_png=mask, json_bytes=json)
    if not _KEY.fullmatch(sample.key) or sample.image_format not in ("png", "webp", "jpg"):
        raise ProtocolError(f"sample {sample.sequence} has key {sample.key!r} and format {sample.image_format!r}")
    return sample


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
        self._timeout = timeout
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
        self.sent_at = time.monotonic()

    def wait(self, seconds: float, wake: Optional[socket.socket]) -> Tuple[bool, bool]:
        """Waits for bytes or for the other socket; says whether there are bytes, and whether the other is ready."""
        if self._whole() or (isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()):
            return True, False  # here already: the descriptor may have nothing more to show
        sockets = [self._sock] if wake is None else [self._sock, wake]
        readable, _, _ = _select(sockets, max(0.0, seconds))
        return self._sock in readable, wake is not None and wake in readable

    def receive(self, most: int = 1 << 30) -> List[Tuple[List[Any], int]]:
        """Takes what is there; gives each frame that is whole by now with its length, prefix included.

        Receives once, however much came: small frames then cost one call for many. Raises ConnectionError at the end
        of the stream.
        """
        if not self._whole():
            self._make_room()
            self._sock.settimeout(0)
            try:
                read = self._sock.recv_into(self._buffer[self._end:])
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return []
            if read == 0:
                raise ConnectionError("the daemon closed the connection")
            self._end += read
        frames: List[Tuple[List[Any], int]] = []
        while len(frames) < most:
            size = self._whole()
            if not size:
                break
            frames.append((decode(self._buffer[self._start + 4:self._start + size]), size))
            self._start += size
        if frames:
            self.heard_at = time.monotonic()
        return frames

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


def _select(sockets: List[socket.socket], seconds: float) -> Tuple[List[Any], List[Any], List[Any]]:
    if os.name == "nt":
        return select.select(sockets, [], [], seconds)
    poll = select.poll()  # select() cannot hold descriptors from 1,024 on, which a training job may well have
    for sock in sockets:
        poll.register(sock, select.POLLIN)
    ready = {number for number, _ in poll.poll(seconds * 1000)}
    return [sock for sock in sockets if sock.fileno() in ready], [], []
