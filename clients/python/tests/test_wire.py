"""Goal: the client speaks docs/spec/wire.md byte for byte and trusts no byte of a daemon."""

import json
import os
import random
import re
import socket
import struct
import sys
import threading
import unittest
from unittest import mock

import scripted  # noqa: F401  (finds the package)
from headwater import wire
from headwater.errors import CODE_NAMES, ProtocolError

SPEC = os.path.join(os.path.dirname(__file__), "..", "..", "..", "docs", "spec", "wire.md")


def spec():
    with open(SPEC, encoding="utf-8") as file:
        return file.read()


def examples():
    for match in re.finditer(r"```json\n(.*?)```\n+```hex\n(.*?)```", spec(), re.DOTALL):
        elements = [bytes.fromhex(e["hex"]) if isinstance(e, dict) else e for e in json.loads(match.group(1))]
        yield elements, bytes.fromhex("".join(match.group(2).split()))


class SpecTest(unittest.TestCase):
    def test_every_example_is_written_byte_for_byte(self):
        found = list(examples())
        self.assertEqual(set(range(1, 9)), {elements[0] for elements, _ in found})
        for elements, data in found:
            self.assertEqual(data, wire.encode(*elements))

    def test_every_example_of_a_server_is_read_as_it_says(self):
        for elements, data in examples():
            if elements[0] in (wire.WELCOME, wire.SAMPLE, wire.HEARTBEAT, wire.GOAWAY):
                self.assertEqual(elements, wire.decode(data[4:]))
                self.assertEqual(len(data) - 4, struct.unpack(">I", data[:4])[0])

    def test_every_code_has_its_name(self):
        table = {int(code): name for code, name in re.findall(r"^\| (\d+) \| ([a-z_]+) \|", spec(), re.MULTILINE)}
        self.assertEqual(table, CODE_NAMES)


class HostileFramesTest(unittest.TestCase):
    def test_wrong_fields_are_refused(self):
        wrong = [
            [], [4], [99, 1], ["4"], {"a": 1}, 7, None, [2, 1, "s", 0, 0, 1, 1, 1], [6, -1], [6, 2**63], [6, True],
            [6, 1.0], [6, [1]], [7, 1, "m" * 513, None], [7, 1, b"m", None], [7, 1, "m", "0"],
            [4, 1, 1, "k", "c", "png", "image", b"", b""], [4, 1, 1, "k", "c", "png", None, b"", b""],
            [2, 1, "s" * 65, 0, 0, 1, 1],
        ]
        for elements in wrong:
            with self.subTest(elements=elements), self.assertRaises(ProtocolError):
                wire.decode(scripted.msgpack.packb(elements))

    def test_key_that_is_no_safe_file_name_is_refused(self):
        for key in ("", "../x", "a.b", "a/b", "x" * 81, "ä", "a\n"):
            with self.subTest(key=key), self.assertRaises(ProtocolError):
                wire.to_sample([4, 1, 1, key, "c", "png", b"", b"", b""])

    def test_any_mutation_is_read_or_refused(self):
        seed = 20240601
        numbers = random.Random(seed)
        valid = [data[4:] for _, data in examples()]
        for _ in range(20000):
            payload = bytearray(numbers.choice(valid))
            for _ in range(numbers.randint(0, 4)):
                at = numbers.randrange(len(payload))
                if numbers.random() < 0.5:
                    payload[at] = numbers.choice(b"\x00\x7f\x80\x90\xc0\xc1\xc4\xc6\xc9\xcf\xd9\xdb\xdd\xdf\xff")
                else:
                    del payload[at:at + numbers.randint(1, 4)]
                    payload = payload or bytearray(b"\xc0")
            try:
                wire.decode(bytes(payload))
            except ProtocolError:
                pass

    def test_nesting_is_refused(self):
        with self.assertRaises(ProtocolError):
            wire.decode(b"\x92\x06" + b"\x91" * 60000 + b"\x01")

    def test_declared_length_is_not_allocated(self):
        for start in (b"\xdb", b"\xdd", b"\xdf", b"\x92\x06\xc6", b"\x92\x06\xc9"):
            with self.subTest(start=start), self.assertRaises(ProtocolError):
                wire.decode(start + b"\xff\xff\xff\xff")


class DirectTest(unittest.TestCase):
    """Large frames, over TCP as it is: between the two ends of one connection."""

    def setUp(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.daemon = socket.create_connection(listener.getsockname(), scripted.LIMIT_SECONDS)
            sock, _ = listener.accept()
        self.addCleanup(self.daemon.close)
        self.connection = wire.Connection(sock, 1 << 26, 1.0)
        self.connection._frame_bytes_max = 1 << 26  # as a WELCOME would
        self.addCleanup(self.connection.close, 0)

    def send(self, *frames):
        """Sends beside the test, which has to receive for that to end."""
        sending = threading.Thread(target=lambda: [self.daemon.sendall(part) for part in frames], daemon=True)
        sending.start()
        self.addCleanup(sending.join, scripted.LIMIT_SECONDS)
        return sending

    def receive(self, count):
        frames = []
        while len(frames) < count:
            self.assertTrue(self.connection.wait(scripted.LIMIT_SECONDS, None, 8, 1 << 24)[0], "nothing came")
            frames += [frame for frame, size in self.connection.receive()]
        return frames

    def counting(self):
        """Counts the frames that do not go through the buffer."""
        direct, receive = [], self.connection._receive_direct

        def counted():
            frames = receive()
            direct.extend(frame[1] for frame, _ in frames)
            return frames

        self.connection._receive_direct = counted
        return direct

    @unittest.skipUnless(sys.platform == "linux", "others may not wait for several")
    def test_several_frames_are_waited_for_as_far_as_credit_goes_and_not_for_long(self):
        self.send(scripted.sample(1))
        size = len(scripted.sample(1))
        self.assertEqual([1], [frame[1] for frame in self.receive(1)])
        many, patience = wire.BATCH_BYTES // size, wire.PATIENCE_SECONDS
        for seconds, frames, credit, expected in (
                (9, 3, 1 << 30, [(patience, 3 * size), (9 - patience, 1)]),
                (9, 1 << 20, 1 << 30, [(patience, many * size), (9 - patience, 1)]),
                (9, 1 << 20, 5 * size, [(patience, 5 * size), (9 - patience, 1)]),
                (9, 1, 1 << 30, [(9, 1)]), (9, 3, size, [(9, 1)]), (9, 3, -size, [(9, 1)]), (9, 0, 0, [(9, 1)]),
                (patience, 3, 1 << 30, [(patience, 1)])):
            waits = []

            def select(sockets, limit):
                waits.append((limit, sockets[0].getsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT)))
                return []

            with self.subTest(frames=frames, credit=credit), mock.patch.object(wire, "_select", select):
                self.assertEqual((False, False), self.connection.wait(seconds, None, frames, credit))
                self.assertEqual(expected, waits)
        self.send(scripted.sample(2))  # alone it is not held back
        self.assertEqual([2], [frame[1] for frame in self.receive(1)])

    @unittest.skipUnless(sys.platform == "linux", "others may take the buffer")
    def test_large_frames_do_not_go_through_the_buffer(self):
        # One after the other: of a frame that comes close behind another the kernel may show a part of the head only,
        # and then it is the buffer's.
        direct = self.counting()
        for sequence in range(1, 31):
            self.send(scripted.large(sequence))
            self.assertEqual([sequence], [frame[1] for frame in self.receive(1)])
        self.assertEqual(list(range(2, 31)), direct)  # of the first one it is not known before that it is large

    def test_frames_of_all_sizes_arrive_whole_and_stay_as_they_are(self):
        numbers = random.Random(7)
        sizes = [numbers.choice((0, 10, 5000, 95_000, 99_000, 130_000, 300_000, 1_500_000)) for _ in range(120)]
        sent, expected = [], []
        for sequence, size in enumerate(sizes, 1):
            sent.append(scripted.large(sequence, size))
            expected.append([4, sequence, size])
            if numbers.random() < 0.3:
                sent.append(scripted.frame(6, sequence))
                expected.append([6, sequence])
        data = b"".join(sent)
        cuts = sorted(numbers.sample(range(len(data)), 200))
        self.send(*(data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)])))
        frames = self.receive(len(expected))  # all are kept to the end
        for frame, (kind, sequence, *size) in zip(frames, expected):
            self.assertEqual([kind, sequence], frame[:2])
            if size:
                self.assertEqual((bytes, bytes, bytes), tuple(map(type, frame[6:])))
                self.assertTrue(frame[6] == scripted.image_of(sequence, size[0]), sequence)
                self.assertEqual([b"mask", b'{"box":[1,2,3,4]}'], frame[7:])

    def test_frame_that_the_kernel_does_not_hold_comes_through_the_buffer(self):
        sizes = (300_000, 40 << 20, 300_000, 300_000)
        self.send(*(scripted.large(sequence, size) for sequence, size in enumerate(sizes, 1)))
        frames = self.receive(len(sizes))
        self.assertEqual(list(sizes), [len(frame[6]) for frame in frames])
        self.assertTrue(frames[1][6] == scripted.image_of(2, sizes[1]))

    def test_wrong_fields_of_a_large_frame_are_refused(self):
        fields = [4, 2, 2, "k", "c", "png", bytes(300_000), b"", b""]
        wrong = [
            [*fields[:7], "mask", b""], [*fields[:7], b"", None], [*fields[:8], [b""]], fields[:8], [*fields, b""],
            [4, -1, *fields[2:]], [4, True, *fields[2:]], [*fields[:3], b"k", *fields[4:]], [*fields[:3], [], *fields[4:]],
            [*fields[:4], "c" * 1025, *fields[5:]], [*fields[:5], "x" * 9, *fields[6:]], [9, *fields[1:]],
        ]
        for elements in wrong:
            self.setUp()
            self.send(scripted.large(1), scripted.frame(*elements))
            with self.subTest(elements=str(elements)[:60]), self.assertRaises(ProtocolError):
                self.receive(2)

    def test_any_mutation_of_a_large_frames_ends_is_read_or_refused(self):
        numbers = random.Random(11)
        valid = scripted.large(2)
        for _ in range(200):
            self.setUp()
            data = bytearray(valid)
            at = numbers.choice([numbers.randrange(4, 60), len(data) - 1 - numbers.randrange(30)])
            data[at] = numbers.choice(b"\x00\x7f\x80\x90\xc0\xc1\xc4\xc6\xc9\xcf\xd9\xdb\xdd\xdf\xff")
            self.send(scripted.large(1), bytes(data))
            try:
                self.assertEqual(len(data) // 1000, sum(map(len, self.receive(2)[1][6:])) // 1000)
            except ProtocolError:
                pass
            self.doCleanups()

    def test_length_beyond_the_bound_after_a_large_frame_is_refused(self):
        self.send(scripted.large(1), struct.pack(">I", (1 << 26) + 1) + scripted.large(2)[4:])
        with self.assertRaisesRegex(ProtocolError, r"a frame has 67108865 bytes; it must have 1 to 67108864"):
            self.receive(2)

    def test_end_after_large_frames_is_an_end(self):
        self.send(*map(scripted.large, range(1, 4)))
        self.assertEqual([1, 2, 3], [frame[1] for frame in self.receive(3)])
        self.daemon.shutdown(socket.SHUT_WR)
        with self.assertRaises(ConnectionError):
            self.receive(1)

    def test_frame_with_much_or_nothing_after_its_picture_is_read_or_refused(self):
        fields = [4, 2, 2, "k", "c", "png", bytes(300_000)]
        for count in (0, 1, 127 << 10, 129 << 10, 900_000):
            self.setUp()
            self.send(scripted.large(1), scripted.frame(*fields, bytes(count), bytes(count)), scripted.large(3))
            frames = self.receive(3)
            self.assertEqual([1, 2, 3], [frame[1] for frame in frames])
            self.assertEqual([count, count], [len(part) for part in frames[1][7:]])
        self.setUp()
        whole = scripted.frame(*fields, b"", b"")
        self.send(scripted.large(1), struct.pack(">I", len(whole) - 8) + whole[4:-4])
        with self.assertRaises(ProtocolError):
            self.receive(2)

    def test_large_frame_that_is_cut_off_is_no_frame(self):
        sending = self.send(scripted.large(1), scripted.large(2)[:-1], b"")
        self.assertEqual(1, len(self.receive(1)))
        self.connection.wait(0, None)
        self.connection.receive()  # makes room for all that is sent
        sending.join(scripted.LIMIT_SECONDS)
        self.daemon.shutdown(socket.SHUT_WR)
        with self.assertRaises(ConnectionError):
            self.receive(1)


class AddressTest(unittest.TestCase):
    def test_address_is_written_as_it_is_read(self):
        for text in ("tcp://127.0.0.1:7700", "tcp://[::1]:1", "tls://[::1]:1", "tcp://host.example:65535", "unix:/run/a b.sock"):
            self.assertEqual(text, str(wire.Address.parse(text)))

    def test_wrong_address_is_named(self):
        wrong = ("", "127.0.0.1:1", "tcp://host", "tcp://:1", "tcp://h:65536", "tcp://h:x", "unix:rel", "http://h:1")
        for text in wrong:
            with self.subTest(text=text), self.assertRaisesRegex(ValueError, "must be tcp://HOST:PORT, tls://HOST:PORT or unix:/PATH"):
                wire.Address.parse(text)


if __name__ == "__main__":
    unittest.main()
