"""A daemon made of bytes: each connection gets the next script."""

import os
import random
import socket
import struct
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "src"))

import msgpack  # noqa: E402

LIMIT_SECONDS = 30  # ends a hang, and is never waited for


def frame(*elements):
    payload = msgpack.packb(elements)
    return struct.pack(">I", len(payload)) + payload


def sample(sequence, image=b"image", position=None):
    return frame(4, sequence, position or sequence, f"{sequence:016x}-000000", "yak", "png", image, b"mask", b'{"box":[1,2,3,4]}')


def large(sequence, count=300_000):
    """A sample whose picture is received where it stays."""
    return sample(sequence, image=image_of(sequence, count))


def image_of(sequence, count=300_000):
    """Bytes that no other sequence has, and that differ along the way."""
    return random.Random(sequence).randbytes(count)


class Peer:
    """The daemon's end of one connection."""

    def __init__(self, sock):
        self.sock = sock

    def read(self):
        (length,) = struct.unpack(">I", self.exactly(4))
        return msgpack.unpackb(self.exactly(length))

    def exactly(self, count):
        data = b""
        while len(data) < count:
            part = self.sock.recv(count - len(data))
            if not part:
                raise ConnectionError("the client left")
            data += part
        return data

    def send(self, *frames):
        self.sock.sendall(b"".join(frames))

    def welcome(self, cursor=0, stream="s", heartbeat=10, frame_bytes_max=1 << 20):
        hello = self.read()
        self.send(frame(2, 2, stream, cursor, 100, frame_bytes_max, heartbeat))
        return hello

    def read_until(self, wanted):
        """Reads frames until one of that type."""
        while True:
            got = self.read()
            if got[0] == wanted:
                return got

    def read_to_end(self):
        """Reads until the client closes; gives the frames."""
        frames = []
        try:
            while True:
                frames.append(self.read())
        except ConnectionError:
            return frames


class ScriptedDaemon:
    def __init__(self, *scripts):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(LIMIT_SECONDS)
        self.address = "tcp://127.0.0.1:%d" % self._listener.getsockname()[1]
        self.hellos = []
        self.left = []
        self.errors = []
        self._thread = threading.Thread(target=self._run, args=(scripts,), name="scripted-daemon", daemon=True)
        self._thread.start()

    def _run(self, scripts):
        for script in scripts:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.settimeout(LIMIT_SECONDS)
            with sock:
                try:
                    script(self, Peer(sock))
                except ConnectionError:
                    pass
                except BaseException as error:  # told to the test by join()
                    self.errors.append(error)
                    return

    def join(self):
        self._thread.join(LIMIT_SECONDS)
        assert not self._thread.is_alive(), "the script did not end"
        if self.errors:
            raise self.errors[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._listener.close()
