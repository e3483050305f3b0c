"""Times the Python client beside reading the same samples from tar shards the way WebDataset does.

PACKAGE ADDRESS STORE SAMPLES ROUNDS. Prints the best of the rounds, in which both have a turn: seconds of processor
time of this process for 1 the client and 2 the tar files, and by the clock 3 and 4. Both give each sample's files as
bytes and its JSON as a dict. The client's threads count as its own; the daemon's work does not, as the disk's does not
for the tar files, which lie in the page cache.
"""

import json
import os
import sys
import tarfile
import time

sys.path.insert(0, sys.argv[1])
import headwater  # noqa: E402

ADDRESS, STORE, SAMPLES, ROUNDS = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])


def stream_id():
    with headwater.connect(ADDRESS, group="python", credit_frames=1024) as stream:
        return stream.stream_id


def client():
    count = size = 0
    with headwater.connect(ADDRESS, group="python", cursor=0, stream_id=STREAM, credit_frames=1024) as stream:
        for sample in stream:
            size += len(sample.image_bytes) + len(sample.mask_png) + len(sample.meta["box"])
            count += 1
            if count == SAMPLES:
                return count, size


def tar_files():
    """One pass over each shard as a stream, members grouped by the name up to its first dot, JSON decoded."""
    count = size = 0
    for name in sorted(os.listdir(STORE)):
        if not name.endswith(".tar"):
            continue
        with open(os.path.join(STORE, name), "rb") as file:
            for sample in grouped(tarfile.open(fileobj=file, mode="r|*")):
                size += len(sample["png"]) + len(sample["mask.png"]) + len(sample["json"]["box"])
                count += 1
    return count, size


def grouped(tar):
    sample = {}
    for member in tar:
        if not member.isreg():
            continue
        key, _, field = member.name.partition(".")
        data = tar.extractfile(member).read()
        tar.members = []
        if sample and sample["__key__"] != key:
            yield sample
            sample = {}
        sample["__key__"] = key
        sample[field] = json.loads(data) if field == "json" else data
    if sample:
        yield sample


def seconds_of(work):
    started, began = time.process_time(), time.perf_counter()
    answer = work()
    return answer, time.process_time() - started, time.perf_counter() - began


STREAM = stream_id()
least = [float("inf")] * 4
for _ in range(ROUNDS):
    one, *client_seconds = seconds_of(client)
    other, *tar_seconds = seconds_of(tar_files)
    assert one == other, (one, other)
    least = list(map(min, least, (client_seconds[0], tar_seconds[0], client_seconds[1], tar_seconds[1])))
for number, seconds in enumerate(least, 1):
    print(number, seconds)
