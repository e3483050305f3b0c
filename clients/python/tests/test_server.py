"""Goal: the client and the real daemon agree. Run by tests/Client.Tests, which starts the daemon's server.

HEADWATER_TEST_DAEMON names a JSON file: tcp, unix, ended, token, stream, hashes (SHA-256 of each picture, from sequence 1).
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import unittest

from scripted import LIMIT_SECONDS

import headwater

try:
    import torch
    import torch.utils.data
except ImportError:
    torch = None

PATH = os.environ.get("HEADWATER_TEST_DAEMON")
GOLDEN, WORD = 0x9E3779B97F4A7C15, (1 << 64) - 1


def mix(number):
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 & WORD
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB & WORD
    return number ^ (number >> 31)


def permutation(seed, start, length):
    """docs/spec/wire.md, Order, once more."""
    state = mix(seed + GOLDEN & WORD) ^ start
    offsets = list(range(length))
    for i in range(length - 1, 0, -1):
        state = state + GOLDEN & WORD
        j = mix(state) * (i + 1) >> 64
        offsets[i], offsets[j] = offsets[j], offsets[i]
    return offsets


@unittest.skipUnless(PATH, "needs the server: ./test Client starts it")
class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(PATH, encoding="utf-8") as file:
            cls.daemon = json.load(file)

    def connect(self, address=None, **options):
        options = {"group": self.id().rpartition(".")[2][-64:], "token": self.daemon["token"], **options}
        return headwater.connect(address or self.daemon["tcp"], **options)

    def take(self, stream, count):
        return [stream.next(LIMIT_SECONDS) for _ in range(count)]

    def assert_whole(self, samples):
        for sample in samples:
            digest = hashlib.sha256(sample.image_bytes).hexdigest()
            self.assertEqual(self.daemon["hashes"][sample.sequence - 1], digest, sample)
            self.assertEqual((1, 2, 3, 4), sample.box)

    def test_every_sample_arrives_whole_and_in_order(self):
        for address in (self.daemon["tcp"], self.daemon["unix"]):
            with self.subTest(address=address):
                with self.connect(address, group="whole-" + address[:3], credit_frames=7) as stream:
                    samples = self.take(stream, len(self.daemon["hashes"]))
                    self.assertEqual(list(range(1, len(samples) + 1)), [sample.sequence for sample in samples])
                    self.assertEqual(self.daemon["stream"], stream.stream_id)
                    self.assert_whole(samples)

    def test_samples_come_over_tls_to_who_believes_the_authority_and_shows_a_certificate(self):
        tls = {name: self.daemon[name] for name in ("tls_ca", "tls_cert", "tls_key")}
        with self.connect(self.daemon["tls"], **tls, credit_frames=7) as stream:
            self.assert_whole(self.take(stream, len(self.daemon["hashes"])))

    def test_a_stranger_is_not_believed_over_tls_and_not_tried_again(self):
        for wrong in ({}, {"tls_ca": self.daemon["tls_cert"]}):
            with self.subTest(wrong=wrong), self.assertRaisesRegex(headwater.ProtocolError, "not to be believed"):
                self.connect(self.daemon["tls"], **wrong)

    def test_a_client_without_a_certificate_is_not_let_in_over_tls(self):
        with self.assertRaises(headwater.UnavailableError):
            self.connect(self.daemon["tls"], tls_ca=self.daemon["tls_ca"], wait_for_daemon=0.2)

    def test_certificates_need_a_tls_address(self):
        with self.assertRaisesRegex(ValueError, "without TLS"):
            self.connect(tls_ca=self.daemon["tls_ca"])

    def test_ranks_part_the_samples(self):
        shares = []
        for rank in range(3):
            with self.connect(rank=rank, world=3) as stream:
                shares.append({sample.sequence for sample in self.take(stream, 100)})
        self.assertEqual(set(range(1, 301)), set.union(*shares))
        self.assertEqual(300, sum(len(share) for share in shares))

    def test_killed_client_goes_on_without_loss(self):
        script = (
            "import os, signal, headwater\n"
            f"stream = headwater.connect({self.daemon['tcp']!r}, group='killed', token={self.daemon['token']!r})\n"
            "for sample in stream:\n"
            "    print(sample.sequence, flush=True)\n"
            "    if sample.sequence >= 57:\n"
            "        os.kill(os.getpid(), signal.SIGKILL)\n")
        source = os.path.join(os.path.dirname(__file__), "..", "src")
        ended = subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": source}, stdout=subprocess.PIPE,
            timeout=LIMIT_SECONDS, check=False)
        self.assertEqual(-signal.SIGKILL, ended.returncode)
        self.assertEqual(list(range(1, 58)), [int(line) for line in ended.stdout.split()])

        with self.connect(group="killed") as stream:
            samples = self.take(stream, 1)
            first = samples[0].sequence
            samples += self.take(stream, 300 - first)
        self.assertLessEqual(first, 57)  # 57 was in hand: it cannot have been acknowledged
        self.assertEqual(list(range(first, 301)), [sample.sequence for sample in samples])

    def test_checkpoint_is_the_truth_twice_in_a_row(self):
        with self.connect() as stream:
            self.take(stream, 20)
            state = stream.state_dict()
            self.take(stream, 20)
        for expected in (21, 31):
            with self.connect() as stream:
                stream.load_state_dict(state)
                self.assertEqual(expected, self.take(stream, 10)[0].sequence)
                state = stream.state_dict()
        self.assertEqual(40, state["cursor"])

    def test_another_world_misses_nothing(self):
        seen = set()
        for rank in range(2):
            with self.connect(rank=rank, world=2) as stream:
                seen |= {sample.sequence for sample in self.take(stream, 10 + rank)}
                stream.ack(max(sequence for sequence in seen if sequence % 2 == rank))
        for rank in range(4):
            with self.connect(rank=rank, world=4) as stream:
                wanted = len([at for at in range(stream.cursor + 1, 301) if at % 4 == rank])
                seen |= {sample.sequence for sample in self.take(stream, wanted)}
        self.assertEqual(set(range(1, 301)), seen)

    def test_order_is_the_one_that_the_specification_says(self):
        seed, window = 2**63 - 25, 77
        with self.connect(self.daemon["ended"], shuffle_window=window, shuffle_seed=seed) as stream:
            samples = list(stream)
            self.assertEqual(300, stream.end)
        self.assert_whole(samples)
        self.assertEqual(list(range(1, 301)), [sample.position for sample in samples])
        self.assertEqual(
            [start + 1 + offset for start in range(0, 300, window)
             for offset in permutation(seed, start, min(window, 300 - start))],
            [sample.sequence for sample in samples])

    def test_ranks_of_an_ended_plan_end_with_equal_counts_and_epochs_resume(self):
        counts = []
        for rank in range(7):
            with self.connect(self.daemon["ended"], group="ends", rank=rank, world=7) as stream:
                counts.append(len(list(stream)))
        self.assertEqual((300, 1), (sum(counts), max(counts) - min(counts)))

        def epoch(seed, **options):
            return self.connect(
                self.daemon["ended"], group="epochs", shuffle_window=128, shuffle_seed=seed, **options)

        orders = []
        for seed in (1, 2):
            with epoch(seed, cursor=0) as stream:
                order = [sample.sequence for sample in self.take(stream, 100)]
                state = stream.state_dict()
            for count in (100, 50):  # two resumes in a row
                with epoch(9) as stream:
                    stream.load_state_dict(state)
                    order += [sample.sequence for sample in self.take(stream, count)]
                    state = stream.state_dict()
            with epoch(9) as stream:
                stream.load_state_dict(state)
                orders.append(order + [sample.sequence for sample in stream])
        self.assertEqual([list(range(1, 301))] * 2, [sorted(order) for order in orders])
        self.assertNotEqual(*orders)

    def test_wrong_token_and_wrong_stream_are_refused(self):
        with self.assertRaisesRegex(headwater.RefusedError, "unauthorized"):
            self.connect(token="wrong")
        with self.assertRaisesRegex(headwater.RefusedError, "stream_changed"):
            self.connect(cursor=1, stream_id="another")
        with self.assertRaisesRegex(headwater.RefusedError, "cursor_ahead"):
            self.connect(cursor=100_000)
        with self.assertRaisesRegex(headwater.RefusedError, "invalid_hello"):
            self.connect(group="a b")

    def test_token_is_taken_from_the_environment(self):
        os.environ["HEADWATER_TOKEN"] = self.daemon["token"]
        try:
            with self.connect(token=None) as stream:
                self.take(stream, 1)
        finally:
            del os.environ["HEADWATER_TOKEN"]

    def test_twin_takes_the_rank_and_the_first_is_told(self):
        with self.connect(credit_frames=1) as first:
            self.take(first, 1)
            with self.connect() as second:
                with self.assertRaisesRegex(headwater.RefusedError, "replaced"):
                    while True:
                        self.take(first, 1)
                self.assert_whole(self.take(second, 10))

    def test_consumer_that_takes_nothing_holds_its_credit_and_one_frame_at_most(self):
        with self.connect(credit_bytes=100_000, credit_frames=1000) as stream:
            receiver = stream._receiver
            with receiver._condition:
                full = receiver._condition.wait_for(lambda: receiver._open_bytes <= 0, LIMIT_SECONDS)
                held, queued = receiver._held_bytes, len(receiver._queue)
            frame = len(stream.next(0).image_bytes) + 200
            self.assertTrue(full)
            self.assertLess(held, 100_000 + frame)
            self.assertLess(queued, 300)
            self.assertEqual(300, 1 + len(self.take(stream, 299)))

    @unittest.skipIf(torch is None, "needs torch: apt-get install python3-torch")
    def test_workers_of_a_loader_part_the_samples(self):
        from headwater.torch_dataset import HeadwaterDataset

        dataset = HeadwaterDataset(
            self.daemon["tcp"], "loader", 0, 1, lambda sample: sample.sequence, token=self.daemon["token"])
        items = iter(torch.utils.data.DataLoader(dataset, batch_size=None, num_workers=3))
        seen = [next(items) for _ in range(240)]
        del items
        # The loader takes from its workers in turn, so the shares of rank 0, 1 and 2 of 3 interleave exactly.
        self.assertEqual(set(range(1, 241)), set(seen))
        self.assertEqual([3, 1, 2, 6, 4, 5], seen[:6])

    def test_no_thread_is_left(self):
        with self.connect() as stream:
            self.take(stream, 3)
        self.assertEqual([], [at for at in threading.enumerate() if at.name == "headwater-receiver"])


if __name__ == "__main__":
    unittest.main()
