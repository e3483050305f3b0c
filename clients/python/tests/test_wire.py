"""Goal: the client speaks docs/spec/wire.md byte for byte and trusts no byte of a daemon."""

import json
import os
import random
import re
import struct
import unittest

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
