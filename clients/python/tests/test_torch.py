"""Goal: every DataLoader worker of every rank has a share of its own, and a checkpoint keeps its place."""

import importlib
import unittest

from scripted import ScriptedDaemon, frame, sample

try:
    import torch
    from torch.utils.data import DataLoader

    from headwater.torch_dataset import HeadwaterDataset
except Exception:  # without torch the package says so with its own error
    torch = None

import headwater

OPTIONS = {"retry_delay": 0.001}


def sequence_of(item):
    return item.sequence


def ends_at(end):
    return lambda self, peer: endless(self, peer, end)


def endless(self, peer, end=None):
    """Answers a hello as the daemon would: the share's samples after the cursor, as far as the credit goes."""
    hello = peer.welcome(cursor=0)
    self.hellos.append(hello)
    rank, world, cursor = hello[4], hello[5], hello[6] or 0
    balance, at = hello[8], cursor + 1
    while True:
        if end is not None and at > end:
            while peer.read_until(5) != [5, last]:
                pass
            peer.send(frame(7, 46, "The plan has ended.", end))
            peer.read_to_end()
            return
        if at % world == rank:
            last = at
            while balance == 0:
                balance += peer.read_until(3)[1]
            peer.send(sample(at))
            balance -= 1
        at += 1


@unittest.skipIf(torch is not None, "torch is there")
class WithoutTorchTest(unittest.TestCase):
    def test_missing_torch_is_said_with_what_to_install(self):
        with self.assertRaisesRegex(headwater.HeadwaterError, r"needs torch \(pip install 'headwater\[torch\]'\)"):
            importlib.import_module("headwater.torch_dataset")


@unittest.skipIf(torch is None, "needs torch: apt-get install python3-torch")
class DatasetTest(unittest.TestCase):
    def test_items_are_made_by_the_transform_and_collate(self):
        with ScriptedDaemon(endless) as daemon:
            dataset = HeadwaterDataset(daemon.address, "train", 0, 1, sequence_of, **OPTIONS)
            batches = iter(DataLoader(dataset, batch_size=4))
            self.assertEqual([[1, 2, 3, 4], [5, 6, 7, 8]], [next(batches).tolist() for _ in range(2)])
            del batches

    def test_workers_of_all_ranks_have_shares_of_their_own(self):
        seen = []
        for rank in range(2):
            with ScriptedDaemon(endless) as first:
                # One scripted connection at a time: the workers' shares are asked for one after the other.
                for worker in range(2):
                    info = type("Info", (), {"num_workers": 2, "id": worker})
                    dataset = HeadwaterDataset(first.address, "train", rank, 2, sequence_of, **OPTIONS)
                    dataset_share = _share_as(dataset, info)
                    seen.append(dataset_share)
        self.assertEqual([(0, 4), (1, 4), (2, 4), (3, 4)], seen)

    def test_state_goes_on_after_what_was_yielded_twice_in_a_row(self):
        with ScriptedDaemon(endless, endless, endless) as daemon:
            state = None
            for expected in ([1, 2, 3], [4, 5, 6], [7, 8, 9]):
                dataset = HeadwaterDataset(daemon.address, "train", 0, 1, sequence_of, **OPTIONS)
                if state is not None:
                    dataset.load_state_dict(state)
                items = iter(dataset)
                self.assertEqual(expected, [next(items) for _ in range(3)])
                state = dataset.state_dict()
                items.close()
        self.assertEqual([None, 3, 6], [hello[6] for hello in daemon.hellos])
        self.assertEqual([None, "s", "s"], [hello[7] for hello in daemon.hellos])

    def test_end_of_the_plan_ends_the_dataset_and_another_epoch_reads_it_again(self):
        with ScriptedDaemon(ends_at(5), ends_at(5), ends_at(5), ends_at(5)) as daemon:
            dataset = HeadwaterDataset(
                daemon.address, "train", 0, 1, sequence_of, shuffle_window=8, shuffle_seed=40, **OPTIONS)
            dataset.set_epoch(0)
            self.assertEqual([1, 2, 3, 4, 5], list(dataset))
            dataset.set_epoch(1)
            items = iter(dataset)
            self.assertEqual([1, 2], [next(items) for _ in range(2)])
            state = dataset.state_dict()
            items.close()
            for expected in (3, 4):
                dataset = HeadwaterDataset(daemon.address, "train", 0, 1, sequence_of, **OPTIONS)
                dataset.load_state_dict(state)
                dataset.set_epoch(1)
                items = iter(dataset)
                self.assertEqual(expected, next(items))
                state = dataset.state_dict()
                items.close()
        self.assertEqual(
            [(None, 8, 40), (0, 8, 41), (2, 8, 41), (3, 8, 41)],
            [(hello[6], hello[10], hello[11]) for hello in daemon.hellos])

    def test_drop_last_gives_every_rank_equally_many(self):
        for end, expected in ((9, [3, 3, 3]), (10, [3, 3, 3]), (11, [3, 3, 3]), (12, [4, 4, 4])):
            counts = []
            for rank in range(3):
                with ScriptedDaemon(ends_at(end)) as daemon:
                    dataset = HeadwaterDataset(
                        daemon.address, "train", rank, 3, sequence_of, drop_last=True, **OPTIONS)
                    counts.append(len(list(dataset)))
            with self.subTest(end=end):
                self.assertEqual(expected, counts)

    def test_state_of_another_number_of_shares_is_refused(self):
        with ScriptedDaemon(endless) as daemon:
            dataset = HeadwaterDataset(daemon.address, "train", 0, 1, sequence_of, **OPTIONS)
            dataset.load_state_dict({"version": 1, "stream": "s", "shares": 2, "cursors": {0: 4}})
            with self.assertRaisesRegex(ValueError, "the state is of 2 shares, but rank 0 of 1 now makes 1"):
                next(iter(dataset))

    def test_workers_receive_in_processes_of_their_own(self):
        with ScriptedDaemon(endless) as daemon:
            dataset = HeadwaterDataset(daemon.address, "train", 0, 1, sequence_of, **OPTIONS)
            batches = iter(DataLoader(dataset, batch_size=2, num_workers=1))
            self.assertEqual([[1, 2], [3, 4]], [next(batches).tolist() for _ in range(2)])
            del batches


def _share_as(dataset, info):
    import headwater.torch_dataset as module

    before, module.get_worker_info = module.get_worker_info, lambda: info
    try:
        return dataset._share()
    finally:
        module.get_worker_info = before


if __name__ == "__main__":
    unittest.main()
