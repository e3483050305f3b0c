"""Goal: each sample once and in order, whatever becomes of connections; no thread and no memory without bound."""

import contextlib
import gc
import os
import signal
import threading
import time
import unittest
from unittest import mock

import headwater
from headwater import receiver
from scripted import LIMIT_SECONDS, ScriptedDaemon, frame, sample


def connect(daemon, **options):
    options = {"group": "train", "retry_delay": 0.001, "retry_delay_max": 0.01, "connect_timeout": 10, **options}
    return headwater.connect(daemon.address, **options)


def take(stream, count):
    return [stream.next(LIMIT_SECONDS).sequence for _ in range(count)]


class StreamTest(unittest.TestCase):
    def test_reconnect_goes_on_at_the_cursor_and_drops_what_comes_again(self):
        def dies(self, peer):
            self.hellos.append(peer.welcome())
            peer.send(sample(1), sample(2), sample(3))
            peer.read_until(5)  # ACK of 1: 2 is in hand

        def goes_on(self, peer):
            self.hellos.append(peer.welcome(cursor=1))
            peer.send(sample(2), sample(3), sample(4), sample(5))
            peer.read_to_end()

        with ScriptedDaemon(dies, goes_on) as daemon, connect(daemon) as stream:
            self.assertEqual([1, 2, 3, 4, 5], take(stream, 5))
            self.assertEqual("s", stream.stream_id)
            first, second = daemon.hellos
        self.assertEqual((None, None), (first[6], first[7]))
        self.assertIn(second[6], (1, 2, 3))
        self.assertEqual("s", second[7])

    def test_sample_is_acknowledged_when_the_next_is_asked_for(self):
        def script(self, peer):
            peer.welcome()
            peer.send(sample(1), sample(2))
            self.left.append(peer.read_until(5))
            self.left.extend(peer.read_to_end())

        with ScriptedDaemon(script) as daemon:
            with connect(daemon) as stream:
                take(stream, 2)
            daemon.join()
        self.assertEqual([5, 1], daemon.left[0])
        self.assertNotIn([5, 2], daemon.left)  # it is in hand: it may not be safe yet

    def test_explicit_ack_arrives_before_the_close(self):
        def script(self, peer):
            peer.welcome()
            peer.send(sample(1), sample(2), sample(3))
            self.left.extend(peer.read_to_end())

        with ScriptedDaemon(script) as daemon:
            with connect(daemon, auto_ack=False) as stream:
                take(stream, 2)
                second = stream.next(LIMIT_SECONDS)
                stream.ack(second)
                self.assertEqual(3, stream.cursor)
            daemon.join()
        self.assertIn([5, 3], daemon.left)

    def test_ack_of_what_was_not_taken_is_refused(self):
        def script(self, peer):
            peer.welcome()
            peer.send(sample(1), sample(2))
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon, auto_ack=False) as stream:
            take(stream, 1)
            with self.assertRaisesRegex(ValueError, "position is 2; it must be 0 to 1"):
                stream.ack(2)

    def test_credit_is_the_window_and_comes_back_as_samples_are_taken(self):
        def script(self, peer):
            hello = peer.welcome()
            self.hellos.append(hello)
            balance = hello[8]
            for sequence in range(1, 41):
                if balance == 0:
                    self.left.append(peer.read_until(3))
                    balance += self.left[-1][1]
                peer.send(sample(sequence))
                balance -= 1
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon, credit_frames=4, credit_bytes=1 << 20) as stream:
            self.assertEqual(list(range(1, 41)), take(stream, 40))
            self.assertEqual([4, 1 << 20], daemon.hellos[0][8:10])
            self.assertTrue(all(2 <= credit[1] <= 4 for credit in daemon.left), daemon.left)

    def test_daemon_that_sends_more_than_the_credit_is_left(self):
        def script(self, peer):
            peer.welcome()
            peer.send(*(sample(sequence) for sequence in range(1, 4)))
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon, credit_frames=2) as stream:
            daemon.join()  # all three have come, and none was taken
            self.assertEqual([1, 2], take(stream, 2))
            with self.assertRaisesRegex(headwater.ProtocolError, "a sample came with 0 frames"):
                take(stream, 1)

    def test_final_refusal_is_raised_and_nobody_knocks_again(self):
        def script(self, peer):
            peer.read()
            peer.send(frame(7, 36, "The token is missing or wrong.", None))

        with ScriptedDaemon(script) as daemon:
            with self.assertRaises(headwater.RefusedError) as refused:
                connect(daemon)
            daemon.join()
        self.assertEqual(("unauthorized", True), (refused.exception.name, refused.exception.is_final))

    def test_replaced_stream_gives_what_it_has_and_then_says_so(self):
        def script(self, peer):
            peer.welcome()
            peer.send(sample(1), frame(7, 41, "A newer connection took the rank.", 0))

        with ScriptedDaemon(script) as daemon, connect(daemon) as stream:
            self.assertEqual([1], take(stream, 1))
            with self.assertRaisesRegex(headwater.RefusedError, "replaced"):
                take(stream, 1)

    def test_draining_daemon_is_waited_for(self):
        def drains(self, peer):
            peer.welcome()
            peer.send(sample(1), frame(7, 1, "The daemon is going down.", 0))

        def is_back(self, peer):
            peer.welcome()
            peer.send(sample(1), sample(2))
            peer.read_to_end()

        with ScriptedDaemon(drains, is_back) as daemon, connect(daemon) as stream:
            self.assertEqual([1, 2], take(stream, 2))

    def test_end_of_the_plan_ends_the_iteration_and_a_state_goes_on_after_it(self):
        def ends(self, peer):
            peer.welcome()
            peer.send(sample(1), sample(2))
            while peer.read_until(5) != [5, 2]:
                pass
            peer.send(frame(7, 46, "The plan has ended.", 7))
            self.left.extend(peer.read_to_end())

        def again(self, peer):
            self.hellos.append(peer.welcome())
            peer.send(sample(2))
            peer.read_to_end()

        with ScriptedDaemon(ends, again) as daemon, connect(daemon) as stream:
            self.assertIsNone(stream.end)
            state = stream.state_dict()
            self.assertEqual([1, 2], [at.sequence for at in stream])
            self.assertEqual([], list(stream))
            self.assertEqual(7, stream.end)
            stream.load_state_dict({**state, "cursor": 1})
            self.assertEqual([2], take(stream, 1))
            self.assertEqual(1, daemon.hellos[0][6])

    def test_adopted_share_is_acknowledged_by_itself_and_again_when_it_comes_again(self):
        def script(self, peer):
            peer.welcome()
            peer.send(sample(2), sample(3), sample(4))
            while peer.read_until(5) != [5, 3]:
                pass
            peer.send(sample(3), sample(6))  # 3 was acknowledged while its share was another rank's
            while peer.read_until(5) != [5, 3]:
                pass
            peer.send(sample(7))
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon, rank=0, world=2) as stream:
            self.assertEqual([2, 3, 4, 6, 7], take(stream, 5))
            self.assertEqual(6, stream.state_dict()["cursor"])  # of the rank's own share

    def test_demand_is_sent_and_said_again_after_a_reconnect(self):
        def dies(self, peer):
            peer.welcome()
            self.left.append(peer.read_until(8))

        def goes_on(self, peer):
            peer.welcome()
            self.left.append(peer.read_until(8))
            peer.send(sample(1))
            peer.read_to_end()

        with ScriptedDaemon(dies, goes_on) as daemon, connect(daemon) as stream:
            stream.demand({"yak": 3, "bath towel": 0.5})
            self.assertEqual([1], take(stream, 1))
        self.assertEqual([[8, "yak", 3.0, "bath towel", 0.5]] * 2, daemon.left)

    def test_wrong_demand_is_named(self):
        def script(self, peer):
            peer.welcome()
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon) as stream:
            for weights, message in (
                ({"yak": -1}, "the weight of 'yak' is -1"),
                ({"yak": float("nan")}, "the weight of 'yak' is nan"),
                ({"yak": float("inf")}, "the weight of 'yak' is inf"),
                ({7: 1}, "'7' is no category"),
                ({str(at): 1 for at in range(4097)}, "the demand has 4097 categories"),
                ({"x" * 1000 + str(at): 1 for at in range(66)}, "the demand has 66 categories in"),
            ):
                with self.subTest(message=message), self.assertRaisesRegex(ValueError, message):
                    stream.demand(weights)

    def test_daemon_that_is_none_is_named(self):
        for answer in (b"HTTP/1.1 400 Bad", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1"):
            def script(self, peer, answer=answer):
                peer.read()
                peer.sock.sendall(answer)
                peer.read_to_end()

            with self.subTest(answer=answer), ScriptedDaemon(script) as daemon:
                with self.assertRaises(headwater.ProtocolError):
                    connect(daemon)

    def test_frame_beyond_the_bound_is_refused_by_its_length(self):
        def script(self, peer):
            peer.welcome(frame_bytes_max=1 << 30)
            peer.sock.sendall(b"\x00\x01\x00\x01")
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon, frame_bytes_max=65536) as stream:
            with self.assertRaisesRegex(headwater.ProtocolError, "a frame has 65537 bytes; it must have 1 to 65536"):
                take(stream, 1)

    def test_nobody_there_is_said_with_the_address(self):
        with ScriptedDaemon() as daemon:
            pass
        with self.assertRaisesRegex(headwater.UnavailableError, "no daemon at tcp://127.0.0.1:"):
            connect(daemon, wait_for_daemon=0)

    def test_client_that_waits_says_that_it_lives(self):
        def script(self, peer):
            peer.welcome(heartbeat=1)
            self.left.append(peer.read_until(6))
            peer.send(sample(1))
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon) as stream:
            self.assertEqual([1], take(stream, 1))
            self.assertEqual([[6, 0]], daemon.left)

    def test_arguments_out_of_range_are_named(self):
        for options, message in (
            ({"rank": 1}, "rank is 1; it must be 0 to 0"),
            ({"world": 0}, "world is 0; it must be 1 to"),
            ({"cursor": -1}, "cursor is -1"),
            ({"shuffle_window": 65537}, "shuffle_window is 65537; it must be 0 to 65536"),
            ({"shuffle_seed": 2**63}, "shuffle_seed is"),
            ({"credit_frames": 0}, "credit_frames is 0"),
            ({"credit_bytes": 0}, "credit_bytes is 0"),
            ({"frame_bytes_max": 1}, "frame_bytes_max is 1"),
        ):
            with self.subTest(options=options), self.assertRaisesRegex(ValueError, message):
                headwater.connect("tcp://127.0.0.1:1", group="g", **options)


class StateTest(unittest.TestCase):
    def test_state_goes_on_after_what_was_taken_twice_in_a_row(self):
        def first(self, peer):
            peer.welcome()
            peer.send(*(sample(sequence) for sequence in range(1, 9)))
            peer.read_to_end()

        def again(self, peer):
            hello = peer.welcome(cursor=0)
            self.hellos.append(hello)
            peer.send(*(sample(sequence) for sequence in range((hello[6] or 0) + 1, (hello[6] or 0) + 9)))
            peer.read_to_end()

        with ScriptedDaemon(first, again, again, again, again) as daemon:
            with connect(daemon) as stream:
                take(stream, 3)
                state = stream.state_dict()
                take(stream, 2)  # after the checkpoint, and lost with the process
            for expected in ([4, 5], [6, 7]):
                with connect(daemon) as stream:
                    stream.load_state_dict(state)
                    self.assertEqual(expected, take(stream, 2))
                    state = stream.state_dict()
        self.assertEqual([None, 3, None, 5], [hello[6] for hello in daemon.hellos])
        self.assertEqual({"version": 2, "stream": "s", "rank": 0, "world": 1, "shuffle_window": 0, "shuffle_seed": 0, "cursor": 7}, state)

    def test_position_is_the_place_and_the_order_goes_with_it(self):
        def first(self, peer):
            self.hellos.append(peer.welcome())
            peer.send(*(sample(9 - at, position=at) for at in range(1, 9)))
            self.left.extend(peer.read_to_end())

        def again(self, peer):
            hello = peer.welcome()
            self.hellos.append(hello)
            if hello[6] is not None:
                peer.send(*(sample(9 - at, position=at) for at in range(hello[6] - 1, 9)))
            peer.read_to_end()

        with ScriptedDaemon(first, again, again, again, again) as daemon:
            with connect(daemon, shuffle_window=8, shuffle_seed=2**63 - 1) as stream:
                self.assertEqual([8, 7, 6], take(stream, 3))
                state = stream.state_dict()
            for expected in ([5, 4], [3, 2]):
                with connect(daemon) as stream:
                    stream.load_state_dict(state)
                    self.assertEqual(expected, take(stream, 2))
                    state = stream.state_dict()
        orders = [(hello[6], hello[10], hello[11]) for hello in daemon.hellos]
        shuffled = (8, 2**63 - 1)
        self.assertEqual([(None, *shuffled), (None, 0, 0), (3, *shuffled), (None, 0, 0), (5, *shuffled)], orders)
        self.assertIn([5, 2], daemon.left)

    def test_state_of_before_there_were_orders_is_read(self):
        def idle(self, peer):
            self.hellos.append(peer.welcome())
            peer.read_to_end()

        def sends(self, peer):
            self.hellos.append(peer.welcome())
            peer.send(sample(8))
            peer.read_to_end()

        with ScriptedDaemon(idle, sends) as daemon, connect(daemon) as stream:
            stream.load_state_dict({"version": 1, "stream": "s", "rank": 0, "world": 1, "cursor": 7})
            self.assertEqual([8], take(stream, 1))
            self.assertEqual((7, 0, 0), (daemon.hellos[1][6], *daemon.hellos[1][10:12]))

    def test_state_of_another_rank_or_of_something_else_is_refused(self):
        def script(self, peer):
            peer.welcome()
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon) as stream:
            state = stream.state_dict()
            with self.assertRaisesRegex(ValueError, "the state is of rank 0 of 2, but the stream is rank 0 of 1"):
                stream.load_state_dict({**state, "world": 2})
            for wrong in ({}, None, {**state, "cursor": "1"}):
                with self.subTest(wrong=wrong), self.assertRaisesRegex(ValueError, "no state of a headwater stream"):
                    stream.load_state_dict(wrong)
            with self.assertRaisesRegex(ValueError, "the state is of version 3"):
                stream.load_state_dict({**state, "version": 3})


class BorrowTest(unittest.TestCase):
    """A consumer that waits receives by itself, and the thread goes on where it does not."""

    def setUp(self):
        self.away(seconds=1000)  # what was lent stays so

    def away(self, seconds):
        patch = mock.patch.object(receiver, "AWAY_SECONDS", seconds)
        patch.start()
        self.addCleanup(patch.stop)

    def open(self, *scripts, **options):
        daemon = ScriptedDaemon(*scripts)
        daemon.stream = None
        self.addCleanup(daemon.__exit__)
        daemon.stream = connect(daemon, **options)
        self.addCleanup(daemon.stream.close)
        return daemon, daemon.stream

    def test_waiting_consumer_receives_on_its_own_thread(self):
        seen = []

        def script(daemon, peer):
            peer.welcome()
            for sequence in range(1, 200):
                peer.send(sample(sequence))
                if sequence % 10 == 0:
                    while peer.read_until(5)[1] < sequence - 1:
                        pass
            peer.read_to_end()

        daemon, stream = self.open(script)
        receive = stream._receiver._take_in
        stream._receiver._take_in = lambda frames: (seen.append(threading.get_ident()), receive(frames))
        self.assertEqual(list(range(1, 200)), take(stream, 199))
        self.assertIn(threading.get_ident(), seen)

    def test_thread_that_lent_is_not_woken_for_each_batch(self):
        def script(daemon, peer):
            peer.welcome()
            peer.send(sample(1))
            until(lambda: daemon.stream is not None and daemon.stream._receiver._is_asleep)
            self.away(seconds=1000)
            for sequence in range(2, 52):
                until(lambda: daemon.stream._receiver._borrower is not None)
                peer.send(sample(sequence))
                peer.read_until(5)
            peer.read_to_end()

        self.away(seconds=0.001)
        daemon, stream = self.open(script, credit_frames=2)  # half of it is worth a CREDIT, and the ACK goes with it
        waits, lending = [], stream._receiver._lending
        wait = lending.wait
        lending.wait = lambda *seconds: (waits.append(seconds), wait(*seconds))[1]
        take(stream, 1)
        lent(stream)
        take(stream, 1)
        before = len(waits)
        self.assertEqual(list(range(3, 52)), take(stream, 49))
        self.assertLess(len(waits) - before, 10)

    def test_timeout_while_receiving_is_one(self):
        def script(daemon, peer):
            peer.welcome()
            peer.send(sample(1))
            peer.read_to_end()

        daemon, stream = self.open(script)
        take(stream, 1)
        lent(stream)
        with self.assertRaises(TimeoutError):
            stream.next(0.001)
        self.assertGreaterEqual(stream._receiver._borrowed, 1)

    def test_close_ends_a_consumer_that_receives(self):
        daemon, stream = self.open(one_and_wait)
        take(stream, 1)
        lent(stream)
        ended = []
        waiting = threading.Thread(target=lambda: ended.extend(["before", *stream, "after"]))
        waiting.start()
        until(lambda: stream._receiver._borrower is not None)
        stream.close()
        waiting.join(LIMIT_SECONDS)
        self.assertEqual(["before", "after"], ended)

    def test_daemon_that_dies_while_the_consumer_receives_is_waited_for(self):
        def dies(daemon, peer):
            peer.welcome()
            peer.send(sample(1))
            until(lambda: daemon.stream is not None and daemon.stream._receiver._borrower is not None)

        def is_back(daemon, peer):
            peer.welcome()
            peer.send(sample(2))
            peer.read_to_end()

        daemon, stream = self.open(dies, is_back)
        take(stream, 1)
        lent(stream)
        self.assertEqual([2], take(stream, 1))

    def test_end_comes_to_a_consumer_that_receives(self):
        def ends(daemon, peer):
            peer.welcome()
            peer.send(sample(1))
            peer.read_until(5)
            peer.send(frame(7, 46, "The plan has ended.", 1))
            peer.read_to_end()

        daemon, stream = self.open(ends)
        take(stream, 1)
        lent(stream)
        self.assertEqual([], list(stream))
        self.assertEqual(1, stream.end)

    def test_consumer_that_stays_away_is_acknowledged_for_and_lives(self):
        def script(daemon, peer):
            peer.welcome(heartbeat=1)
            peer.send(sample(1))
            daemon.left.append(peer.read_until(5))
            daemon.left.append(peer.read_until(6))
            peer.send(sample(2))
            peer.read_to_end()

        self.away(seconds=0.001)
        daemon, stream = self.open(script, auto_ack=False)
        first = stream.next(LIMIT_SECONDS)
        lent(stream)
        stream.ack(first)
        until(lambda: len(daemon.left) == 2)  # the thread took the connection back
        self.assertEqual([[5, 1], [6, 1]], daemon.left)
        self.assertEqual([2], take(stream, 1))

    def test_rewind_while_it_is_lent_goes_on_elsewhere(self):
        def again(daemon, peer):
            hello = peer.welcome()
            peer.send(sample(hello[6] + 1))
            peer.read_to_end()

        daemon, stream = self.open(one_and_wait, again)
        state = stream.state_dict()
        take(stream, 1)
        lent(stream)
        stream.load_state_dict({**state, "cursor": 6})
        self.assertEqual([7], take(stream, 1))

    @unittest.skipUnless(hasattr(signal, "pthread_kill"), "needs signals")
    def test_interrupted_consumer_may_go_on(self):
        daemon, stream = self.open(one_and_wait, two_and_wait)
        take(stream, 1)
        lent(stream)
        with self.assertRaises(KeyboardInterrupt), interrupted_when_it_receives(stream, self.interrupt):
            stream.next(LIMIT_SECONDS)
        self.assertEqual([2], take(stream, 1))

    @unittest.skipUnless(hasattr(signal, "pthread_kill"), "needs signals")
    def test_handler_of_a_signal_may_close_while_its_thread_receives(self):
        daemon, stream = self.open(one_and_wait)
        take(stream, 1)
        lent(stream)
        with interrupted_when_it_receives(stream, lambda *_: stream.close()):
            self.assertEqual([], list(stream))
        self.assertFalse(stream._thread.is_alive())

    @staticmethod
    def interrupt(*_):
        raise KeyboardInterrupt


def one_and_wait(daemon, peer):
    peer.welcome()
    peer.send(sample(1))
    peer.read_to_end()


def two_and_wait(daemon, peer):
    peer.welcome()
    peer.send(sample(1), sample(2))
    peer.read_to_end()


def until(condition):
    """Yields the processor until it holds: what the tests wait for here has nobody to tell of it."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("it did not come to pass")
        time.sleep(0)


def lent(stream):
    """Asks for the connection as a consumer does that waits, until the thread has lent it."""
    with stream._receiver._condition:
        if stream._receiver._lent is None:
            stream._receiver._is_wanted = True
            stream._receiver._wake()
    until(lambda: stream._receiver._lent is not None or not stream._receiver._is_wanted)


@contextlib.contextmanager
def interrupted_when_it_receives(stream, handler):
    """Sends the main thread a signal when it has begun to receive."""
    def send():
        until(lambda: stream._receiver._borrower is not None)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, handler)
    sending = threading.Thread(target=send)
    sending.start()
    try:
        yield
    finally:
        sending.join()
        signal.signal(signal.SIGUSR1, before)


class ThreadTest(unittest.TestCase):
    @staticmethod
    def idle(self, peer):
        peer.welcome()
        peer.read_to_end()

    def receivers(self):
        return [thread for thread in threading.enumerate() if thread.name == "headwater-receiver"]

    def test_close_ends_the_thread_and_the_iteration_and_may_be_repeated(self):
        with ScriptedDaemon(self.idle) as daemon:
            stream = connect(daemon)
            self.assertEqual(1, len(self.receivers()))
            stream.close()
            stream.close()
            self.assertEqual([], self.receivers())
            self.assertEqual([], list(stream))
            daemon.join()

    def test_close_ends_a_wait_in_another_thread(self):
        with ScriptedDaemon(self.idle) as daemon:
            stream = connect(daemon)
            ended = []
            waiting = threading.Thread(target=lambda: ended.extend(["before", *stream, "after"]))
            waiting.start()
            stream.close()
            waiting.join(LIMIT_SECONDS)
            self.assertEqual(["before", "after"], ended)

    def test_stream_that_is_dropped_leaves_no_thread(self):
        with ScriptedDaemon(self.idle) as daemon:
            stream = connect(daemon)
            del stream
            gc.collect()
            self.assertEqual([], self.receivers())
            daemon.join()

    def test_close_does_not_wait_for_a_daemon_that_is_gone(self):
        def leaves(self, peer):
            peer.welcome()

        with ScriptedDaemon(leaves) as daemon:
            stream = connect(daemon, retry_delay=1000, retry_delay_max=1000)
            daemon.join()
        stream.close()
        self.assertEqual([], self.receivers())

    def test_failed_connect_leaves_no_thread(self):
        with ScriptedDaemon() as daemon:
            pass
        with self.assertRaises(headwater.UnavailableError):
            connect(daemon, wait_for_daemon=0)
        self.assertEqual([], self.receivers())

    @unittest.skipUnless(hasattr(os, "fork"), "needs fork")
    def test_fork_is_refused_in_words_and_harms_nobody(self):
        def script(self, peer):
            peer.welcome()
            peer.send(sample(1), sample(2))
            peer.read_to_end()

        with ScriptedDaemon(script) as daemon, connect(daemon) as stream:
            take(stream, 1)
            child = os.fork()
            if child == 0:
                try:
                    stream.next(1)
                except RuntimeError as refused:
                    stream.close()
                    os._exit(7 if "across a fork" in str(refused) else 1)
                os._exit(2)
            _, status = os.waitpid(child, 0)
            self.assertEqual(7, os.waitstatus_to_exitcode(status))
            self.assertEqual([2], take(stream, 1))


if __name__ == "__main__":
    unittest.main()
